import { type Logger, pino } from 'pino'
import { type LineOutput, lineOutput } from './line-output.ts'
import { redact } from './redact.ts'
import { serializeError } from './serialize-error.ts'

export type { Logger }

/** JSON lines on standard output; personal data and secrets are censored by name, and inside errors by shape. */
export const createLogger = (options: {
  readonly service: string
  readonly level: string
  readonly output?: Pick<LineOutput, 'write'>
}): Logger =>
  pino(
    {
      level: options.level,
      base: { service: options.service },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact },
      serializers: { err: serializeError },
    },
    options.output ?? lineOutput(),
  )
