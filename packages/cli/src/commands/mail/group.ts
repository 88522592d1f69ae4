import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Look at mails, send them again, try them out',
  description: 'What became of the mails to customers, and what to do about those that did not arrive.',
}
