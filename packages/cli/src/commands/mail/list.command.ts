import { Option } from '@commander-js/extra-typings'
import { MESSAGE_STATES } from '@keyflow/contracts'
import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'

const Nullable = Type.Union([Type.String(), Type.Null()])

const Messages = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String(),
      template: Type.String(),
      state: Type.String(),
      license_id: Nullable,
      recipient: Nullable,
      attempts: Type.Integer(),
      failure: Type.Union([Type.Object({ code: Type.String() }), Type.Null()]),
      created_at: Nullable,
    }),
  ),
})

export const command = defineCommand({
  summary: 'List mails of the send ledger, newest first',
  description: `Addresses are masked. "unknown" is what wants a person most: content had left, and nobody can say whether it arrived.`,
  examples: [
    { run: 'keyflow mail list --state unknown', does: 'what may or may not have arrived?' },
    {
      run: 'keyflow mail list --license 4f9c1b6e-0c1d-5a6b-8f4e-2d7a1c3b5e90',
      does: 'what was written about this license?',
    },
  ],
  build: (command) =>
    command
      .option('--license <id>', 'only of this license')
      .addOption(new Option('--state <state>', 'only in this state').choices(MESSAGE_STATES))
      .option('--limit <count>', 'at most so many, up to 200', '50'),
  run: async (session, _args, { license, state, limit }) => {
    const query = new URLSearchParams({
      limit,
      ...(license === undefined ? {} : { license }),
      ...(state === undefined ? {} : { state }),
    })
    const { data } = await session.api('notifier').get(`/api/v1/messages?${query}`, Messages)
    session.json(data)
    session.table(
      ['MESSAGE', 'MAIL', 'STATE', 'TO', 'ATTEMPTS', 'FAILURE', 'SINCE'],
      data.map((mail) => [
        mail.id.slice(0, 12),
        mail.template,
        mail.state,
        mail.recipient ?? '',
        String(mail.attempts),
        mail.failure?.code ?? '',
        mail.created_at ?? '',
      ]),
    )
    return undefined
  },
})
