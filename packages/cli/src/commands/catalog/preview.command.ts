import type { CatalogChangeLine } from '@keyflow/contracts'
import { createCatalogClient } from '../../catalog/catalog-client.ts'
import { existingFrom, withExisting } from '../../catalog/existing-options.ts'
import { requireCatalog } from '../../catalog/read-catalog-file.ts'
import { createChangeCount, describeChange, showPreview } from '../../catalog/show-preview.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'

export const command = defineCommand({
  summary: 'Show which licenses a catalog would change, and how, over all of them',
  description: `Derives every license under the catalog in the file, with the code that would apply it, and changes nothing. Ends
with 3 when licenses would change, else with 0.`,
  examples: [
    { run: 'keyflow catalog preview catalog.yaml', does: 'what would happen' },
    { run: 'keyflow catalog preview catalog.yaml --prices follow', does: 'and if old licenses moved too?' },
    { run: 'keyflow catalog preview catalog.yaml --all', does: 'license by license' },
  ],
  build: (command) =>
    withExisting(
      command
        .argument('<file>', 'YAML or JSON; - for standard input')
        .option('--all', 'print every license, not only counts', false),
    ),
  run: async (session, [file], options) => {
    const content = requireCatalog(file)
    const counts = createChangeCount()
    const changes: CatalogChangeLine[] = []
    const summary = await createCatalogClient(session).preview(
      { content, ...existingFrom(options, content.existing_licenses) },
      (change) => {
        if (options.all && session.asJson) changes.push(change)
        if (options.all) session.say(`${change.licenseId}  ${change.price}  ${describeChange(change)}`)
        else counts.add(change)
      },
    )
    session.json({ ...summary, ...(options.all ? { changes } : {}) })
    showPreview(session, summary, counts)
    return summary.changed > 0 ? EXIT.found : undefined
  },
})
