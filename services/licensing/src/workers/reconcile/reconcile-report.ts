import type { Drift, DriftClass, DriftDirection } from '../../domain/drift.ts'

export interface Finding extends Drift {
  /** Stripe id of what was looked at. */
  readonly subject: string
  /** Seconds that it can have lasted at most. */
  readonly ageSeconds: number
}

export interface DriftCount {
  readonly class: DriftClass
  readonly direction: DriftDirection
  readonly count: number
  readonly oldestSeconds: number
}

export interface ReconcileReport {
  readonly dryRun: boolean
  /** Entries of Stripe's lists that were compared. */
  readonly listed: { readonly undelivered: number; readonly events: number; readonly objects: number }
  /** Of the undelivered events, how many are older than an hour. */
  readonly undeliveredForLong: number
  readonly drift: readonly DriftCount[]
  /** Records appended to the log; 0 in a dry run. */
  readonly appended: { readonly events: number; readonly snapshots: number }
  /** The first ones, for whoever wants to look. */
  readonly findings: readonly Finding[]
  readonly tookMs: number
}

const MOST_FINDINGS = 1000

/** Collects what a run sees and does. */
export const createTally = () => {
  const listed = { undelivered: 0, events: 0, objects: 0 }
  const appended = { events: 0, snapshots: 0 }
  const counts = new Map<string, DriftCount>()
  const findings: Finding[] = []
  let undeliveredForLong = 0
  return {
    listed: (list: keyof typeof listed, by: number): void => {
      listed[list] += by
    },
    undeliveredForLong: (by: number): void => {
      undeliveredForLong += by
    },
    appended: (kind: keyof typeof appended, by: number): void => {
      appended[kind] += by
    },
    found: (finding: Finding): void => {
      const key = `${finding.class} ${finding.direction}`
      const known = counts.get(key)
      counts.set(key, {
        class: finding.class,
        direction: finding.direction,
        count: (known?.count ?? 0) + 1,
        oldestSeconds: Math.max(known?.oldestSeconds ?? 0, finding.ageSeconds),
      })
      if (findings.length < MOST_FINDINGS) findings.push(finding)
    },
    report: (dryRun: boolean, tookMs: number): ReconcileReport => ({
      dryRun,
      listed,
      undeliveredForLong,
      drift: [...counts.values()],
      appended,
      findings,
      tookMs: Math.round(tookMs),
    }),
  }
}
export type Tally = ReturnType<typeof createTally>
