import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { Task } from './task-shapes.ts'

export const command = defineCommand({
  summary: 'Close a task that somebody has done',
  description: 'Who did it and why is kept. It changes nothing of the case.',
  examples: [
    {
      run: 'keyflow dunning done platform:live:sub_1Mow:in_1Nab:suspend --reason "called them"',
      does: 'off the list',
    },
  ],
  build: (command) => command.argument('<task>', 'id, see keyflow dunning tasks').requiredOption(...REASON),
  run: async (session, [id], { reason }) => {
    const path = `/api/v1/tasks/${encodeURIComponent(id)}/done`
    const task = await session.api('dunning').send('POST', path, { actor: session.actor, reason }, Task)
    session.json(task)
    session.say(`Done: ${task.title}`)
    return undefined
  },
})
