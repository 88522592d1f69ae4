import { REASON } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { decide } from './decide.ts'

export const command = defineCommand({
  summary: 'Hold a case back until a date',
  description: `Freezes the whole timeline, which then goes on where it stopped; with --mute only reminders are held back. Until a date by the clock of the customer.`,
  examples: [
    {
      run: 'keyflow dunning pause sub_1Mow --until 2026-05-01T00:00:00Z --reason "promised to pay"',
      does: 'give them until May',
    },
  ],
  build: (command) =>
    command
      .argument('<case>', 'id of a case or of its subscription')
      .requiredOption('--until <instant>', 'ISO 8601')
      .option('--mute', 'hold back reminders only; dates stay')
      .requiredOption(...REASON),
  run: async (session, [id], { reason, until, mute }) => {
    return decide(session, id, 'pause', { until, mode: mute === true ? 'mute' : 'freeze', reason })
  },
})
