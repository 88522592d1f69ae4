import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'Take a decision back',
  description: `The timeline is what it would be without the decision; what was sent stays sent.`,
  examples: [{ run: 'keyflow dunning withdraw sub_1Mow op_5f0c --reason "wrong customer"', does: 'undo it' }],
  build: (command) =>
    command
      .argument('<case>', 'id of a case or of its subscription')
      .argument('<decision>', 'op_…, see keyflow dunning show')
      .requiredOption(...REASON),
  run: async (session, [id, decision], { reason }) => {
    return decide(session, id, 'withdraw', { decision, reason })
  },
})
