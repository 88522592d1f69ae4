import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'Send the mail of a step now',
  description: `Also once more, when it was sent before.`,
  examples: [
    {
      run: 'keyflow dunning send-now sub_1Mow remind --reason "asked for the link"',
      does: 'send the link again',
    },
  ],
  build: (command) =>
    command
      .argument('<case>', 'id of a case or of its subscription')
      .argument('<step>', 'id of the step, see keyflow dunning show')
      .requiredOption(...REASON),
  run: async (session, [id, step], { reason }) => {
    return decide(session, id, 'send-now', { step, reason })
  },
})
