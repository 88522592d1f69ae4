import { parseArgs } from 'node:util'
import { setupError } from '../setup-error.ts'

export interface StartArguments {
  readonly fresh: boolean
  readonly demo: boolean
  readonly help: boolean
}

export const USAGE = `npm start [-- OPTIONS]
  --fresh     wipe the data of earlier runs first
  --no-demo   buy nothing
  --help      this`

/** Reads the command line; an unknown option is an error that shows the known ones. */
export const readArguments = (args: readonly string[]): StartArguments => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        fresh: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return { fresh: values.fresh, demo: !values['no-demo'], help: values.help }
  } catch (error) {
    throw setupError(`${error instanceof Error ? error.message.split('.')[0] : error}.\n${USAGE}`, error)
  }
}
