import { Type } from 'typebox'
import { defineCommand } from '../../command/define-command.ts'

const Text = Type.Union([Type.String(), Type.Null()])

const Message = Type.Object({
  id: Type.String(),
  template: Type.String(),
  state: Type.String(),
  license_id: Text,
  recipient: Text,
  attempts: Type.Integer(),
  failure: Type.Union([
    Type.Object({ code: Type.String(), reply: Type.Union([Type.Integer(), Type.Null()]) }),
    Type.Null(),
  ]),
  created_at: Text,
})

export const command = defineCommand({
  summary: 'Show one mail of the send ledger',
  description: 'What it was about, and what became of it. The address is masked.',
  examples: [{ run: 'keyflow mail show 8c1d…', does: 'did this mail arrive?' }],
  build: (command) => command.argument('<message>', 'id in the send ledger, see keyflow mail list --json'),
  run: async (session, [id]) => {
    const path = `/api/v1/messages/${encodeURIComponent(id)}`
    const mail = await session.api('notifier').get(path, Message)
    session.json(mail)
    const { failure } = mail
    session.say(`${mail.template} to ${mail.recipient ?? 'nobody known as yet'}: ${mail.state}`)
    session.say(
      `attempts ${mail.attempts}; since ${mail.created_at ?? '-'}; license ${mail.license_id ?? '-'}`,
    )
    if (failure !== null)
      session.say(`last failure: ${failure.code}${failure.reply === null ? '' : ` (${failure.reply})`}`)
    return undefined
  },
})
