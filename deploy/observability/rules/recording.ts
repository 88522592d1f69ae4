import type { Pace } from './pace.ts'
import {
  ALL,
  BAD,
  bucketUpTo,
  increaseOf,
  ingestErrors,
  REQUESTS,
  slowProvisioning,
  WINDOWS,
  windowName,
} from './series.ts'
import { THRESHOLDS } from './thresholds.ts'

export interface Recording {
  readonly record: string
  readonly expr: (pace: Pace) => string
}

const { window, settle } = THRESHOLDS.leak
const PROVISIONING = 'keyflow_provisioning_seconds'

/** Rate first, then sum: a counter that starts again must not look like a fall of the sum. */
const ratio = (bad: string, all: string): string => `${bad} / (${all} > 0)`

const errors = WINDOWS.map((seconds) => ({
  record: ingestErrors(windowName(seconds)),
  expr: ({ lasting }: Pace) => {
    const rate = (which: string) => `sum(rate(${REQUESTS}{${which}}[${lasting(seconds)}]))`
    return ratio(rate(BAD), rate(ALL))
  },
}))

const slow = WINDOWS.map((seconds) => ({
  record: slowProvisioning(windowName(seconds)),
  expr: ({ lasting }: Pace) => {
    const rate = (series: string) => `sum(rate(${series}[${lasting(seconds)}]))`
    const fast = rate(`${PROVISIONING}_bucket{${bucketUpTo(THRESHOLDS.provisioning.seconds)}}`)
    return `1 - ${ratio(fast, rate(`${PROVISIONING}_count`))}`
  },
}))

/**
 * Event conservation: what ingest accepted and the reconciler appended, less what a service settled. Only consumers of
 * Stripe's events take part. Shifted back a little, so that what is in flight has had its time.
 */
const leak: Recording = {
  record: 'keyflow:events_unaccounted',
  expr: (pace) => {
    const grown = (selector: string) => increaseOf(selector, window, pace, pace.lasting(settle))
    const accepted = `sum(${grown(`${REQUESTS}{outcome="accepted"}`)})`
    const appended = `(sum(${grown('keyflow_reconcile_appended_total{kind="events"}')}) or vector(0))`
    const settled = `sum by (service) (${grown('keyflow_stripe_events_settled_total{service=~"licensing|dunning|notifier"}')})`
    return `-1 * (${settled} - scalar(${accepted} + ${appended}))`
  },
}

/** Which service has been restarted inside that window: its counters were, too, and cannot be compared. */
const restarted: Recording = {
  record: 'keyflow:restarted_recently',
  expr: ({ lasting }) =>
    `sum(changes(process_start_time_seconds{job=~".*(ingest|licensing|dunning|notifier).*"}[${lasting(window + settle)}])) > 0`,
}

export const RECORDINGS: readonly Recording[] = [...errors, ...slow, leak, restarted]
