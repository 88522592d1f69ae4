import { REASON, YES } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'Stop dunning for what is owed now',
  description: `No more mails and no restriction for the invoices that are open now, whatever Stripe reports of them later; a restriction that holds is lifted. A new invoice may open the case again.`,
  examples: [{ run: 'keyflow dunning stop sub_1Mow --reason "agreed by phone"', does: 'leave them alone' }],
  build: (command) =>
    command
      .argument('<case>', 'id of a case or of its subscription')
      .requiredOption(...REASON)
      .option(...YES),
  run: async (session, [id], { reason, yes }) => {
    await session.confirm(`Stop dunning ${id} for all that is owed now?`, yes)
    return decide(session, id, 'stop', { reason })
  },
})
