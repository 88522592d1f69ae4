import type { CommandGroup } from '../../command/define-command.ts'

export const group: CommandGroup = {
  summary: 'Keys for programs that use the license API',
  description: 'Make one with the scopes that a program needs, see who has which, and revoke what leaked.',
}
