import { Type } from 'typebox'
import { REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { endpointPath } from '../../webhooks/endpoint-answer.ts'

export const command = defineCommand({
  summary: 'Remove an endpoint',
  description: 'It is told nothing more, and its secrets are forgotten. To pause it, disable it.',
  examples: [{ run: 'keyflow webhooks remove we_… --reason "CRM is gone"', does: 'remove it' }],
  build: (command) =>
    command
      .argument('<endpoint>')
      .requiredOption(...REASON)
      .option(...YES),
  run: async (session, [id], { reason, yes }) => {
    await session.confirm(`Remove ${id}?`, yes)
    const answer = Type.Object({ id: Type.String(), deleted: Type.Boolean() })
    const body = { actor: session.actor, reason }
    const removed = await session.api('outbound').send('DELETE', endpointPath(id), body, answer)
    session.json(removed)
    session.say(`${id} is removed.`)
    return undefined
  },
})
