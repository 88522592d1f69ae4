import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Make the topics',
  description: 'The topics that the services meet in: partitions, replicas, retention.',
}
