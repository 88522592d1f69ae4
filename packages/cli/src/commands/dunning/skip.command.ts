import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'Leave out a step of a case',
  description: `The step will not be taken for the oldest invoice that is owed. A restriction that a skipped mail was to announce waits for a person.`,
  examples: [
    { run: 'keyflow dunning skip sub_1Mow remind --reason "already talked to them"', does: 'no reminder' },
  ],
  build: (command) =>
    command
      .argument('<case>', 'id of a case or of its subscription')
      .argument('<step>', 'id of the step, see keyflow dunning show')
      .requiredOption(...REASON),
  run: async (session, [id, step], { reason }) => {
    return decide(session, id, 'skip', { step, reason })
  },
})
