import { describeProblems, readCatalogFile } from '../../catalog/read-catalog-file.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'

export const command = defineCommand({
  summary: 'Name all problems of a catalog file at once',
  description: `Checks the shape of a catalog, whatever names something else in it, prices with two meanings, and likely slips.
Needs no service: it runs before a commit as well as here. Ends with 3 when there are errors, or warnings with --strict.`,
  examples: [
    { run: 'keyflow catalog lint catalog.yaml', does: 'all problems, with their lines' },
    {
      run: 'keyflow catalog show | keyflow catalog lint --strict -',
      does: 'what is in force, warnings included',
    },
  ],
  build: (command) =>
    command
      .argument('<file>', 'YAML or JSON; - for standard input')
      .option('--strict', 'take warnings for errors', false),
  run: async (session, [file], { strict }) => {
    const { content, problems } = readCatalogFile(file)
    session.json({ ok: content !== null, problems })
    for (const line of describeProblems(file, problems)) session.say(line)
    if (problems.length === 0 && content !== null)
      session.say(
        `${file}: ${Object.keys(content.prices).length} prices, ${Object.keys(content.tiers).length} tiers, no problems.`,
      )
    return content === null || (strict && problems.length > 0) ? EXIT.found : undefined
  },
})
