import { ApiKeyResponse } from '@keyflow/contracts'
import { YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { API_KEYS, tableKeys } from './show-keys.ts'

export const command = defineCommand({
  summary: 'Revoke an API key',
  description:
    'It opens nothing any more, from the next request on and for ever. Revoking twice changes nothing.',
  examples: [{ run: 'keyflow api-keys revoke key_3f…', does: 'it leaked, or its program is gone' }],
  build: (command) => command.argument('<id>', 'key_…, as in the list').option(...YES),
  run: async (session, [id], { yes }) => {
    await session.confirm(`Revoke ${id}? Whoever uses it is refused at once.`, yes)
    const path = `${API_KEYS}/${encodeURIComponent(id)}`
    const revoked = await session.api('licensing').send('DELETE', path, undefined, ApiKeyResponse)
    session.json(revoked)
    tableKeys(session, [revoked])
    return undefined
  },
})
