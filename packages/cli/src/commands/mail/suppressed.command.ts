import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { SUPPRESSIONS, Suppression } from './suppression-shapes.ts'

const Page = Type.Object({ data: Type.Array(Suppression) })
const LookUp = Type.Object({
  suppressed: Type.Boolean(),
  suppression: Type.Union([Suppression, Type.Null()]),
})

export const command = defineCommand({
  summary: 'List addresses that get no mail, or look one up',
  description:
    'Those that bounced, complained or unsubscribed, and those that an operator named. Addresses are kept as hashes and shown masked.',
  examples: [
    { run: 'keyflow mail suppressed', does: 'who gets no mail?' },
    { run: 'keyflow mail suppressed ada@example.com', does: 'why does she get none?' },
  ],
  build: (command) => command.argument('[address]', 'only this one'),
  run: async (session, [address]) => {
    const api = session.api('notifier')
    const found =
      address === undefined
        ? (await api.get(SUPPRESSIONS, Page)).data
        : [(await api.send('POST', `${SUPPRESSIONS}/look-up`, { address }, LookUp)).suppression].flatMap(
            (one) => one ?? [],
          )
    session.json(found)
    session.table(
      ['ID', 'ADDRESS', 'BECAUSE', 'UNTIL', 'BY', 'SINCE'],
      found.map((one) => [
        one.id.slice(0, 12),
        one.address,
        one.reason,
        one.until ?? '',
        one.actor ?? '',
        one.since,
      ]),
    )
    if (address !== undefined && found.length === 0) session.say('This address is not suppressed.')
    return undefined
  },
})
