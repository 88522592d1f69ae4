import { createCatalogClient } from '../../catalog/catalog-client.ts'
import { defineCommand } from '../../command/define-command.ts'

export const command = defineCommand({
  summary: 'List every version of the catalog, newest first',
  description: 'Who made which version when and why, and what it did to licenses that were sold before.',
  examples: [{ run: 'keyflow catalog versions', does: 'the history of the catalog' }],
  build: (command) => command,
  run: async (session) => {
    const versions = await createCatalogClient(session).versions()
    session.json({ versions })
    session.table(
      ['VERSION', 'AT', 'SOURCE', 'PRICES', 'TIERS', 'BY', 'WHY'],
      versions.map((one) => [
        String(one.version),
        one.at,
        one.restores === null ? one.source : `${one.source} to ${one.restores}`,
        one.existing_licenses.prices,
        one.existing_licenses.tiers,
        one.actor,
        one.reason,
      ]),
    )
    return undefined
  },
})
