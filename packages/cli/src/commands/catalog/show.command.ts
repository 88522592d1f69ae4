import { stringify } from 'yaml'
import { createCatalogClient } from '../../catalog/catalog-client.ts'
import { wholeNumber } from '../../command/argument-types.ts'
import { defineCommand } from '../../command/define-command.ts'

export const command = defineCommand({
  summary: 'Print the catalog in force, or an earlier one, as its file',
  description: 'Prints YAML that can be edited and applied again. Comments of the file are not kept.',
  examples: [
    { run: 'keyflow catalog show > catalog.yaml', does: 'begin a change with what is in force' },
    { run: 'keyflow catalog show --version 3', does: 'an earlier version' },
    { run: 'keyflow catalog show --at 2026-03-01T00:00:00Z', does: 'what was in force in March' },
  ],
  build: (command) =>
    command
      .option('--version <number>', 'this version', wholeNumber)
      .option('--at <instant>', 'in force at this instant, ISO 8601'),
  run: async (session, _args, { version, at }) => {
    const catalog = createCatalogClient(session)
    const found = version === undefined ? await catalog.inForce(at) : await catalog.version(version)
    session.json(found)
    session.say(
      `# Version ${found.version}, ${found.at}, by ${found.actor}: ${found.reason.replaceAll('\n', ' ')}`,
    )
    session.say(stringify(found.content).trimEnd())
    return undefined
  },
})
