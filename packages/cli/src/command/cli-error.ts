import { EXIT } from './exit-codes.ts'

/** Ends the command with a sentence for the person who typed it, what to do about it, and an exit code. */
export class CliError extends Error {
  readonly exitCode: number
  /** One line: what to do next. */
  readonly fix: string | undefined
  constructor(message: string, options: { readonly exitCode?: number; readonly fix?: string } = {}) {
    super(message)
    this.name = 'CliError'
    this.exitCode = options.exitCode ?? EXIT.failed
    this.fix = options.fix
  }
}
