import { REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { KEYS, Keys, showKeys } from './show-keys.ts'

export const command = defineCommand({
  summary: 'Let the next signing key take over',
  description: `The next key signs from now on, and another stands ready. Leases of the old key go on until they end;
with --revoke they are refused, and every client needs the server once.`,
  examples: [
    { run: 'keyflow signing-keys rotate --reason "yearly"', does: 'nobody notices' },
    { run: 'keyflow signing-keys rotate --revoke --reason "leaked"', does: 'and what it signed is refused' },
  ],
  build: (command) =>
    command
      .option('--from <thumbprint>', 'only if this key is active: rotating twice then rotates once')
      .option('--revoke', 'the old key leaked: refuse what it has signed')
      .requiredOption(...REASON)
      .option(...YES),
  run: async (session, _arguments, { from, revoke, reason, yes }) => {
    if (revoke === true) await session.confirm('Refuse all leases of the active key?', yes)
    const body = { actor: session.actor, reason, from, revoke }
    return showKeys(session, await session.api('licensing').send('POST', `${KEYS}/rotate`, body, Keys))
  },
})
