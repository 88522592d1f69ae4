const FRAMES = 7

/** Name, code and message only: drivers put documents and addresses into other properties of their errors. Total. */
export const serializeError = (error: unknown): Record<string, unknown> => {
  try {
    if (!(error instanceof Error)) return { message: `not an Error but: ${typeof error}` }
    const { code } = error as { code?: unknown }
    const stack = typeof error.stack === 'string' ? framesOf(error.stack) : ''
    return {
      name: error.name,
      ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
      message: scrub(String(error.message)),
      ...(stack === '' ? {} : { stack }),
    }
  } catch {
    return { message: 'an Error that cannot be read' }
  }
}

/** Only the frames: the text before them is the message, which may have many lines. */
const framesOf = (stack: string): string =>
  scrub(
    stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, FRAMES)
      .join('\n'),
  )

/** In this order: a password in a URL would look like the beginning of an address. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/((?:mongodb(?:\+srv)?|smtps?):\/\/)[^\s"'<>]*@/gi, '$1[credentials]@'],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>/]*@/gi, '$1[credentials]@'],
  // The server quotes the values that a unique index refused.
  [/(dup key: )\{.*\}/gs, '$1[values]'],
  [/\b(?:sk|rk|ek|whsec)_[\w+/=-]+/g, '[secret]'],
  [/\bBearer\s+[^\s"',;]+/gi, 'Bearer [secret]'],
  [/\beyJ[\w-]+(?:\.[\w-]*)+/g, '[token]'],
  [/\bKF[-_]?[0-9A-Z](?:[-_]?[0-9A-Z]){9,}/gi, '[key]'],
  [/[^\s"'<>()[\]{},;:=&?@/\\]+(?:@|%40)[^\s"'<>()[\]{},;:=&?@/\\]*\.\p{L}[\p{L}\p{N}-]+/giu, '[email]'],
]

/** Text without the personal data and secrets that errors are known to quote: the last line of defense. */
export const scrub = (text: string): string =>
  HIDDEN.reduce((safe, [pattern, instead]) => safe.replace(pattern, instead), text)
