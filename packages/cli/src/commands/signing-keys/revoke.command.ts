import { REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { KEYS, Keys, showKeys } from './show-keys.ts'

export const command = defineCommand({
  summary: 'Refuse what a retired key has signed',
  description:
    'For a key that signs no more. The active one is revoked by `keyflow signing-keys rotate --revoke`.',
  examples: [{ run: 'keyflow signing-keys revoke kPrK_… --reason "leaked"', does: 'its leases are refused' }],
  build: (command) =>
    command
      .argument('<thumbprint>', 'of the key')
      .requiredOption(...REASON)
      .option(...YES),
  run: async (session, [kid], { reason, yes }) => {
    await session.confirm(`Refuse all leases of ${kid}?`, yes)
    const path = `${KEYS}/${encodeURIComponent(kid)}/revoke`
    return showKeys(
      session,
      await session.api('licensing').send('POST', path, { actor: session.actor, reason }, Keys),
    )
  },
})
