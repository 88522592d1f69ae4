import { defineCommand } from '../../command/define-command.ts'
import { KEYS, Keys, showKeys } from './show-keys.ts'

export const command = defineCommand({
  summary: 'List the keys that sign or have signed leases',
  description: 'Shows thumbprints and states, never a private key. Changes nothing.',
  examples: [{ run: 'keyflow signing-keys list', does: 'which one signs?' }],
  build: (command) => command,
  run: async (session) => showKeys(session, await session.api('licensing').get(KEYS, Keys)),
})
