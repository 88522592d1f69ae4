import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Failed payments: cases, and what is done about them',
  description:
    'Look at cases, say why they are as they are, try out policies, and decide by hand. Every decision can be withdrawn.',
}
