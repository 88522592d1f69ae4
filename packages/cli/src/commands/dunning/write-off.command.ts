import { REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'Give up what is owed now',
  description: `Like a stop, and counted as lost. Stripe is not told.`,
  examples: [{ run: 'keyflow dunning write-off sub_1Mow --reason "bankrupt"', does: 'it will not come' }],
  build: (command) =>
    command
      .argument('<case>', 'id of a case or of its subscription')
      .requiredOption(...REASON)
      .option(...YES),
  run: async (session, [id], { reason, yes }) => {
    await session.confirm(`Write off all that ${id} owes now?`, yes)
    return decide(session, id, 'write-off', { reason })
  },
})
