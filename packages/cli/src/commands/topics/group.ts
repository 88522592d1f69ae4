import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Make the topics, and say who may use them',
  description: 'The topics that the services meet in: partitions, replicas, retention.',
}
