import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'

const Sent = Type.Union([
  Type.Object({ kind: Type.Literal('sent'), relay: Type.String() }),
  Type.Object({
    kind: Type.Literal('failed'),
    code: Type.String(),
    reply: Type.Union([Type.Integer(), Type.Null()]),
  }),
])

export const command = defineCommand({
  summary: 'Send an example of a mail through the real relay',
  description: `Shows whether the relay takes mail and how it looks in an inbox. The subject begins with [TEST]; no customer's data is in it. Who sent it and
why is kept.`,
  examples: [
    { run: 'keyflow mail test me@example.com', does: 'does mail go out at all?' },
    {
      run: 'keyflow mail test me@example.com --template payment_reminder --locale ja',
      does: 'how does the reminder look in Japanese?',
    },
  ],
  build: (command) =>
    command
      .argument('<address>', 'where to')
      .option('--template <mail>', 'which mail', 'license_issued')
      .option('--example <name>', 'which example of it; see /mails on the ops port')
      .option('--locale <tag>', 'language, and region for dates and amounts')
      .option('--reason <why>', 'why, for those who read the history later', 'a try'),
  run: async (session, [to], { template, example, locale, reason }) => {
    const sent = await session.api('notifier').send(
      'POST',
      '/api/v1/mail-tests',
      {
        to,
        template,
        ...(example === undefined ? {} : { fixture: example }),
        ...(locale === undefined ? {} : { locale }),
        actor: session.actor,
        reason,
      },
      Sent,
    )
    session.json(sent)
    if (sent.kind === 'sent') {
      session.say(`Taken by the relay (${sent.relay}).`)
      return undefined
    }
    session.say(`Not taken: ${sent.code}${sent.reply === null ? '' : ` (${sent.reply})`}.`)
    return EXIT.failed
  },
})
