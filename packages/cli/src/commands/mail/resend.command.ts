import { Type } from 'typebox'
import { CliError } from '../../command/cli-error.ts'
import { REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'

const Resent = Type.Object({ message: Type.String() })

export const command = defineCommand({
  summary: 'Send a mail once more, or the key of a license',
  description: `Makes a new mail with the same facts, in the customer's language and to the address that is known now. Who ordered it and why is kept.
The mail with a key says that it is a copy; the key itself does not change.`,
  examples: [
    {
      run: 'keyflow mail resend --license 4f9c1b6e-0c1d-5a6b-8f4e-2d7a1c3b5e90 --reason "ticket 4711"',
      does: 'the customer has lost the mail with the key',
    },
    { run: 'keyflow mail resend 8c1d… --reason "outcome was unknown"', does: 'send this mail again' },
  ],
  build: (command) =>
    command
      .argument('[message]', 'id in the send ledger')
      .option('--license <id>', 'the newest key of this license')
      .requiredOption(...REASON)
      .option(...YES),
  run: async (session, [message], { license, reason, yes }) => {
    if ((message === undefined) === (license === undefined))
      throw new CliError('Name a message or a license, one of the two.')
    await session.confirm('Send this mail to the customer again?', yes)
    const path =
      message === undefined ? `/api/v1/licenses/${license}/resend-key` : `/api/v1/messages/${message}/resend`
    const sent = await session.api('notifier').send('POST', path, { actor: session.actor, reason }, Resent)
    session.json(sent)
    session.say(`Queued as ${sent.message}.`)
    return undefined
  },
})
