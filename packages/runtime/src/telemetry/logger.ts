import { type Logger, pino } from 'pino'
import { lineOutput } from './line-output.ts'
import { redact } from './redact.ts'

export type { Logger }

/** JSON lines on standard output. */
export const createLogger = (options: { readonly service: string; readonly level: string }): Logger =>
  pino(
    {
      level: options.level,
      base: { service: options.service },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact },
      serializers: { err: serializeError },
    },
    lineOutput(),
  )

/** Name, code and message only: drivers put documents and addresses into other properties of their errors. */
export const serializeError = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { message: 'not an Error' }
  const code = (error as { code?: unknown }).code
  return {
    name: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: scrub(error.message),
    ...(error.stack === undefined ? {} : { stack: scrub(error.stack.split('\n').slice(1, 8).join('\n')) }),
  }
}

const scrub = (text: string): string =>
  text
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '[email]')
    .replace(/\b(?:sk|rk|whsec)_\w+/g, '[secret]')
    .replace(/\bKF[-_][0-9A-Z-]{10,}/gi, '[key]')
    .replace(/(mongodb(?:\+srv)?:\/\/)[^@\s/]+@/g, '$1[credentials]@')
