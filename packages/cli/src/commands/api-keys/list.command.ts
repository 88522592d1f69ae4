import { ApiKeyListResponse } from '@keyflow/contracts'
import { defineCommand } from '../../command/define-command.ts'
import { API_KEYS, tableKeys } from './show-keys.ts'

export const command = defineCommand({
  summary: 'List API keys, newest first',
  description:
    'Shows how a key begins and ends, what it may do and when it was last used; never a key. Changes nothing.',
  examples: [{ run: 'keyflow api-keys list', does: 'which keys are there, and which does nobody use?' }],
  build: (command) => command,
  run: async (session) => {
    const { api_keys: keys } = await session.api('licensing').get(API_KEYS, ApiKeyListResponse)
    session.json({ api_keys: keys })
    tableKeys(session, keys)
    return undefined
  },
})
