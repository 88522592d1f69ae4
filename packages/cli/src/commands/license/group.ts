import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Look at licenses',
  description: 'What a license is, since when, and why.',
}
