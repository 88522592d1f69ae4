import type { Pace } from './pace.ts'

/** critical: somebody is woken. warning: a ticket for the next working day. info: on the board only. */
export type Severity = 'critical' | 'warning' | 'info'

export interface Alert {
  /** Without the prefix `Keyflow`. */
  readonly name: string
  readonly severity: Severity
  readonly expr: (pace: Pace) => string
  /** Seconds for which it must hold. */
  readonly forSeconds?: number
  /** One static sentence: what is wrong. */
  readonly summary: string
  /** With the values of the moment, in Prometheus's templates; made from the constants that the expression is made from. */
  readonly description: string
  /** What it means when there is no data for the expression. */
  readonly noData: string
}

export const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(3))} %`
