import { applyWithPreview } from '../../catalog/apply-with-preview.ts'
import { existingFrom, withExisting } from '../../catalog/existing-options.ts'
import { requireCatalog } from '../../catalog/read-catalog-file.ts'
import { DRY_RUN, REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'

export const command = defineCommand({
  summary: 'Make a catalog file the one in force, after a preview',
  description: `Shows what would change, asks, and makes the file the next version. Licenses that were sold before keep what they
bought unless the file (\`existing_licenses\`) or --prices and --tiers say that they follow. Waits until every license has been brought to
the version; when interrupted, the service goes on by itself.`,
  examples: [
    { run: 'keyflow catalog apply catalog.yaml --reason "spring prices"', does: 'look, ask, apply' },
    {
      run: 'keyflow catalog apply catalog.yaml --reason "spring prices" --yes --json',
      does: 'from a pipeline',
    },
    { run: 'keyflow catalog apply catalog.yaml --reason test --dry-run', does: 'all but the last step' },
  ],
  build: (command) =>
    withExisting(
      command
        .argument('<file>', 'YAML or JSON')
        .requiredOption(...REASON)
        .option(...YES)
        .option(...DRY_RUN),
    ),
  run: async (session, [file], options) => {
    const content = requireCatalog(file)
    const request = { content, ...existingFrom(options, content.existing_licenses) }
    return applyWithPreview(session, request, 'file', options)
  },
})
