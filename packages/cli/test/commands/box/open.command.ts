import { CliError } from '../../../src/command/cli-error.ts'
import { DRY_RUN, REASON, YES } from '../../../src/command/common-options.ts'
import { defineCommand } from '../../../src/command/define-command.ts'
import { EXIT } from '../../../src/command/exit-codes.ts'

/** Fixture: one of everything that a command may do. */
export const command = defineCommand({
  summary: 'Open a box',
  description: 'Opens it.',
  examples: [{ run: 'keyflow box open shoes --reason "they fit"', does: 'the shoes' }],
  build: (command) =>
    command
      .argument('<box>')
      .requiredOption(...REASON)
      .option(...YES)
      .option(...DRY_RUN),
  run: async (session, [box], { reason, yes, dryRun }) => {
    if (box === 'locked') throw new CliError('It is locked.', { fix: 'Find the key.' })
    if (dryRun !== true) await session.confirm(`Open ${box}?`, yes)
    session.json({ box, reason, actor: session.actor })
    session.table(['BOX', 'WHY'], [[box, reason]])
    return box === 'empty' ? EXIT.found : undefined
  },
})
