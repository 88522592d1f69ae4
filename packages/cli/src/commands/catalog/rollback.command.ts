import { applyWithPreview } from '../../catalog/apply-with-preview.ts'
import { createCatalogClient } from '../../catalog/catalog-client.ts'
import { existingFrom, withExisting } from '../../catalog/existing-options.ts'
import { wholeNumber } from '../../command/argument-types.ts'
import { CliError } from '../../command/cli-error.ts'
import { DRY_RUN, REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'

export const command = defineCommand({
  summary: 'Bring an earlier version of the catalog back, after a preview',
  description: `Makes the content of an earlier version the next one; nothing of the history is removed. Licenses follow, so
what the versions in between gave or took is undone, unless --prices keep or --tiers keep say otherwise.`,
  examples: [
    { run: 'keyflow catalog rollback --reason "wrong tier"', does: 'undo the last version' },
    {
      run: 'keyflow catalog rollback --to 3 --reason "back to March" --dry-run',
      does: 'what would that do?',
    },
  ],
  build: (command) =>
    withExisting(
      command
        .option('--to <version>', 'this version; default: the one before', wholeNumber)
        .requiredOption(...REASON)
        .option(...YES)
        .option(...DRY_RUN),
    ),
  run: async (session, _args, options) => {
    const { version } = await createCatalogClient(session).inForce()
    const to = options.to ?? version - 1
    if (to < 1) throw new CliError('There is no version before the first one.')
    return applyWithPreview(session, { rollback_to: to, ...existingFrom(options) }, 'api', options)
  },
})
