import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'Give a case more time',
  description: `Whatever is still to come happens this much later.`,
  examples: [{ run: 'keyflow dunning extend sub_1Mow --by P7D --reason "on holiday"', does: 'a week more' }],
  build: (command) =>
    command
      .argument('<case>', 'id of a case or of its subscription')
      .requiredOption('--by <duration>', 'ISO 8601, e.g. P7D or PT12H')
      .requiredOption(...REASON),
  run: async (session, [id], { reason, by }) => {
    return decide(session, id, 'extend', { by, reason })
  },
})
