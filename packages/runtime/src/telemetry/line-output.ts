import { pino } from 'pino'

/** Where pino writes lines. */
export interface LineOutput {
  readonly write: (line: string) => void
  /** Writes at once what is held: before the process ends. */
  readonly flushSync: () => void
}

/** Gathers the lines of one turn of the event loop into one write: under load a write for each costs more than the line. */
export const gatherLines = (output: { readonly write: (text: string) => unknown }): LineOutput => {
  let held = ''
  const flushSync = (): void => {
    const text = held
    held = ''
    if (text !== '') output.write(text)
  }
  return {
    write: (line) => {
      if (held === '') setImmediate(flushSync)
      held += line
    },
    flushSync,
  }
}

let standardOutput: LineOutput | undefined

/** Standard output of this process, shared by all its loggers; nothing is left unwritten when the process exits. */
export const lineOutput = (): LineOutput => {
  if (standardOutput === undefined) {
    standardOutput = gatherLines(pino.destination({ dest: 1, sync: true }))
    process.once('exit', standardOutput.flushSync)
  }
  return standardOutput
}
