import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'End a pause now',
  description: `The timeline goes on where it stopped.`,
  examples: [{ run: 'keyflow dunning resume sub_1Mow --reason "they called"', does: 'go on' }],
  build: (command) =>
    command.argument('<case>', 'id of a case or of its subscription').requiredOption(...REASON),
  run: async (session, [id], { reason }) => {
    return decide(session, id, 'resume', { reason })
  },
})
