import { Type } from 'typebox'
import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { SUPPRESSIONS, Suppression } from './suppression-shapes.ts'

export const command = defineCommand({
  summary: 'Send no more mail to an address',
  description:
    'Nothing at all goes there until it is released; a restriction that a mail would have to announce then waits for a person. Who ordered it and why is kept.',
  examples: [
    { run: 'keyflow mail suppress ada@example.com --reason "asked by phone"', does: 'leave her alone' },
  ],
  build: (command) => command.argument('<address>', 'mail address').requiredOption(...REASON),
  run: async (session, [address], { reason }) => {
    const body = { address, actor: session.actor, reason }
    const row = await session
      .api('notifier')
      .send('POST', SUPPRESSIONS, body, Type.Union([Suppression, Type.Null()]))
    session.json(row)
    session.say(`Suppressed: ${row?.address ?? address}`)
    return undefined
  },
})
