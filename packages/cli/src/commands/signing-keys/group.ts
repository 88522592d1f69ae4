import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'The keys that sign leases',
  description: 'Look at them, let the next one take over, and take back what a leaked one has signed.',
}
