import { readdirSync } from 'node:fs'
import type { CommandDefinition, CommandGroup } from './define-command.ts'

/** A command and the words that call it, e.g. `['catalog', 'lint']`. */
export interface FoundCommand {
  readonly words: readonly string[]
  readonly load: () => Promise<CommandDefinition>
}

export interface FoundGroup {
  readonly words: readonly string[]
  readonly load: () => Promise<CommandGroup>
}

const COMMAND = '.command.ts'
const GROUP = 'group.ts'

/** Every `*.command.ts` under the folder. Its path is its name, so adding a command touches no other file. */
export const findCommands = (
  root: URL,
): { readonly commands: readonly FoundCommand[]; readonly groups: readonly FoundGroup[] } => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
  return {
    commands: files
      .filter((file) => file.endsWith(COMMAND))
      .map((file) => ({
        words: file.slice(0, -COMMAND.length).split('/'),
        load: async () =>
          ((await import(new URL(file, root).href)) as { command: CommandDefinition }).command,
      })),
    groups: files
      .filter((file) => file === GROUP || file.endsWith(`/${GROUP}`))
      .map((file) => ({
        words: file.split('/').slice(0, -1),
        load: async () => ((await import(new URL(file, root).href)) as { group: CommandGroup }).group,
      })),
  }
}
