import { Option } from '@commander-js/extra-typings'
import { API_KEY_MODES, API_SCOPES, CreatedApiKeyResponse } from '@keyflow/contracts'
import { defineCommand } from '../../command/define-command.ts'
import { API_KEYS, tableKeys } from './show-keys.ts'

export const command = defineCommand({
  summary: 'Make an API key',
  description: `Prints the key: this once, Keyflow keeps only its hash. A key meets the licenses of one mode unless told otherwise, and is given
no more than whoever makes it may do.

Scopes: ${API_SCOPES.join(', ')}.`,
  examples: [
    {
      run: 'keyflow api-keys make shop --scopes licenses:read licenses:write --mode live',
      does: 'for the shop: it makes and changes licenses',
    },
    {
      run: 'keyflow api-keys make ci --scopes licenses:read --mode test --expires 2027-01-01T00:00:00Z',
      does: 'for a while, in test mode',
    },
  ],
  build: (command) =>
    command
      .argument('<name>', 'who uses it')
      .addOption(
        new Option('--scopes <scopes...>', 'what it may do').choices(API_SCOPES).makeOptionMandatory(),
      )
      .addOption(
        new Option('--mode <mode>', 'whose licenses it meets').choices(API_KEY_MODES).makeOptionMandatory(),
      )
      .option('--expires <instant>', 'it stops to work then; default: never'),
  run: async (session, [name], { scopes, mode, expires }) => {
    const wish = { name, scopes, mode, ...(expires === undefined ? {} : { expires_at: expires }) }
    const made = await session.api('licensing').send('POST', API_KEYS, wish, CreatedApiKeyResponse)
    session.json(made)
    tableKeys(session, [made])
    session.say()
    session.say(made.key)
    session.note('Give the key to the program now: it is not shown again.')
    return undefined
  },
})
