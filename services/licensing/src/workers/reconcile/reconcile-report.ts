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

/** What is known of an event that Stripe lists. Exactly one of these is true of each. */
export const EVENT_FATES = [
  /** In the log, and folded. */
  'folded',
  /** In the log, and given up by licensing: a dead letter waits for somebody. */
  'dead',
  /** Of a type that Keyflow does not read: no webhook was asked for. */
  'unhandled',
  /** So young that it may still arrive by itself. */
  'young',
  /** Appended by this very run, as Stripe listed it before. */
  'repaired',
  /** Not in the log: appended, unless it is a dry run. */
  'missing',
] as const
export type EventFate = (typeof EVENT_FATES)[number]

export interface ReconcileReport {
  readonly dryRun: boolean
  /** Entries of Stripe's lists that were compared. */
  readonly listed: { readonly undelivered: number; readonly events: number; readonly objects: number }
  /** What became of the listed events, undelivered ones included: together as many as were listed. */
  readonly events: Readonly<Record<EventFate, number>>
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
  const events: Record<EventFate, number> = {
    folded: 0,
    dead: 0,
    unhandled: 0,
    young: 0,
    repaired: 0,
    missing: 0,
  }
  const counts = new Map<string, DriftCount>()
  const findings: Finding[] = []
  let undeliveredForLong = 0
  return {
    listed: (list: keyof typeof listed, by: number): void => {
      listed[list] += by
    },
    event: (fate: EventFate): void => {
      events[fate] += 1
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
      events,
      undeliveredForLong,
      drift: [...counts.values()],
      appended,
      findings,
      tookMs: Math.round(tookMs),
    }),
  }
}
export type Tally = ReturnType<typeof createTally>

/** Listed events of which the report does not say what became of them. Anything but 0 is an error of the reconciler. */
export const unaccounted = ({ listed, events }: Pick<ReconcileReport, 'listed' | 'events'>): number =>
  listed.undelivered + listed.events - EVENT_FATES.reduce((sum, fate) => sum + events[fate], 0)
