import { Type } from 'typebox'
import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { SUPPRESSIONS } from './suppression-shapes.ts'

const Released = Type.Object({ released: Type.Boolean() })

export const command = defineCommand({
  summary: 'Send mail to a suppressed address again',
  description: 'Whatever it was suppressed for. Who ordered it and why is kept.',
  examples: [
    {
      run: 'keyflow mail release ada@example.com --reason "mailbox works again"',
      does: 'write to her again',
    },
  ],
  build: (command) =>
    command
      .argument('<address>', 'mail address, or the id of keyflow mail suppressed')
      .requiredOption(...REASON),
  run: async (session, [address], { reason }) => {
    const which = address.includes('@') ? { address } : { id: address }
    const body = { ...which, actor: session.actor, reason }
    session.json(await session.api('notifier').send('POST', `${SUPPRESSIONS}/release`, body, Released))
    session.say('Released.')
    return undefined
  },
})
