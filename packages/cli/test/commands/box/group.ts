import type { CommandGroup } from '../../../src/command/define-command.ts'

export const group: CommandGroup = { summary: 'Boxes', description: 'Things with a lid.' }
