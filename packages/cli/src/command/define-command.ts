import type { Command, OptionValues } from '@commander-js/extra-typings'
import type { Session } from '../session/session.ts'

/** A line that teaches: what to type, and what it does. */
export interface Example {
  readonly run: string
  readonly does: string
}

interface CommandSpec<Args extends unknown[], Options extends OptionValues> {
  /** One line without a full stop, for the list of commands. */
  readonly summary: string
  /** What it does, to whom, and what it leaves alone. */
  readonly description: string
  readonly examples: readonly Example[]
  /** Adds arguments and options; see common-options.ts for those that many commands have. */
  readonly build: (command: Command) => Command<Args, Options>
  /** Returns an exit code; nothing means 0. */
  readonly run: (session: Session, args: Args, options: Options) => Promise<number | undefined>
}

/** What a `*.command.ts` file exports as `command`; its path is its name. */
export interface CommandDefinition {
  readonly summary: string
  /** Makes the commander command `name`; `open` gives the session when it is run. */
  readonly attach: (
    command: Command,
    open: (command: Command) => Session,
    done: (code: number) => void,
  ) => void
}

/** Declares a command: types of arguments and options come from `build`. */
export const defineCommand = <Args extends unknown[], Options extends OptionValues>(
  spec: CommandSpec<Args, Options>,
): CommandDefinition => ({
  summary: spec.summary,
  attach: (command, open, done) => {
    command.summary(spec.summary).description(reflow(spec.description))
    command.addHelpText('after', `\n${examplesText(spec.examples)}`)
    const built = spec.build(command)
    built.action(async () => {
      const code = await spec.run(open(command), built.processedArgs as Args, built.opts() as Options)
      done(code ?? 0)
    })
  },
})

/** Line breaks of the source are not the reader's: his terminal is as wide as it is. Blank lines stay. */
export const reflow = (text: string): string => text.replace(/(?<!\n)\n(?!\n)/g, ' ')

export const examplesText = (examples: readonly Example[]): string =>
  ['Examples:', ...examples.flatMap(({ run, does }) => [`  # ${does}`, `  $ ${run}`])].join('\n')

/** What a `group.ts` file in a folder of commands exports as `group`. */
export interface CommandGroup {
  readonly summary: string
  readonly description: string
}
