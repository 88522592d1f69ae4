import { type Command, CommanderError } from '@commander-js/extra-typings'
import { ConfigError } from '@keyflow/runtime'
import { CliError } from './command/cli-error.ts'
import { examplesText, reflow } from './command/define-command.ts'
import { EXIT, EXIT_CODES_HELP } from './command/exit-codes.ts'
import { findCommands } from './command/find-commands.ts'
import { createProgram, type GlobalOptions } from './command/global-options.ts'
import { openSession } from './session/session.ts'
import type { World } from './session/terminal.ts'

const COMMANDS = new URL('./commands/', import.meta.url)

const DESCRIPTION = `The operator's tool of Keyflow: Stripe webhooks in, software licenses out.

Reading commands change nothing. Changing commands ask for --reason, and most have --dry-run.

\`keyflow help COMMAND\` teaches one of them.`

const EXAMPLES = examplesText([
  { run: 'keyflow license explain 7b1c2c6e-…', does: 'why is this license what it is?' },
  { run: 'keyflow catalog lint catalog.yaml', does: 'all problems of a catalog at once' },
  { run: 'keyflow catalog preview catalog.yaml', does: 'which licenses would change, and how' },
])

/** Runs one command line; resolves with its exit code and never rejects. `root`: the folder of commands (tests). */
export const runKeyflow = async (
  args: readonly string[],
  world: World,
  root: URL = COMMANDS,
): Promise<number> => {
  let code: number = EXIT.ok
  try {
    const program = await assemble(world, root, (given) => {
      code = given
    })
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    return explain(world, error)
  }
}

const assemble = async (world: World, root: URL, done: (code: number) => void) => {
  const program = createProgram()
    .description(reflow(DESCRIPTION))
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  configure(program as unknown as Command, world)
  const open = (command: Command) => openSession(world, command.optsWithGlobals() as unknown as GlobalOptions)
  const folders = new Map<string, Command>([['', program as unknown as Command]])
  const { commands, groups } = findCommands(root)
  const summaries = new Map(
    await Promise.all(groups.map(async ({ words, load }) => [words.join(' '), await load()] as const)),
  )
  const folderOf = (words: readonly string[]): Command => {
    const name = words.join(' ')
    const known = folders.get(name)
    if (known !== undefined) return known
    const made = folderOf(words.slice(0, -1)).command(words.at(-1) ?? '')
    const { summary = '', description = '' } = summaries.get(name) ?? {}
    made.summary(summary).description(reflow(description))
    configure(made, world)
    folders.set(name, made)
    return made
  }
  const loaded = await Promise.all(
    commands.map(async ({ words, load }) => ({ words, command: await load() })),
  )
  for (const { words, command } of loaded) {
    const made = folderOf(words.slice(0, -1)).command(words.at(-1) ?? '')
    configure(made, world)
    command.attach(made, open, done)
  }
  return program
}

/** Throws instead of ending the process, and writes where the world says. */
const configure = (command: Command, world: World): void => {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
    })
}

const explain = (world: World, error: unknown): number => {
  const say = (line: string): void => {
    world.stderr.write(`${line}\n`)
  }
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof CliError) {
    say(error.message)
    if (error.fix !== undefined) say(error.fix)
    return error.exitCode
  }
  if (error instanceof ConfigError) {
    say(error.message)
    return EXIT.badConfig
  }
  if (world.signal.aborted) {
    say('Interrupted.')
    return EXIT.interrupted
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return EXIT.failed
}
