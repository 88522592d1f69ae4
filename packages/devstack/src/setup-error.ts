/** A failure that a person can put right: its message is one line that says what is wrong and what to do. */
export const setupError = (message: string, cause?: unknown): Error => {
  const error = new Error(message, cause === undefined ? undefined : { cause })
  error.name = 'SetupError'
  return error
}

/** True for errors whose message alone is worth printing; anything else deserves its stack. */
export const isSetupError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'SetupError'
