import type { Pace } from './pace.ts'

export const REQUESTS = 'keyflow_webhook_requests_total'

/** Authentic traffic that we failed. Unsigned traffic is in neither set: strangers move no ratio. */
export const BAD = 'outcome=~"publish_failed|overloaded|too_large|internal"'
export const ALL = 'outcome=~"accepted|ignored|publish_failed|overloaded|too_large|internal"'

/** Windows for which ratios are recorded, in seconds. */
export const WINDOWS = [300, 1800, 3600, 7200, 21_600, 86_400, 259_200] as const

const NAMES = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const
export type Window = (typeof NAMES)[number]
export const windowName = (seconds: (typeof WINDOWS)[number]): Window =>
  NAMES[WINDOWS.indexOf(seconds)] ?? '5m'

export const ingestErrors = (window: Window): string => `keyflow:ingest_errors:ratio_rate${window}`
export const slowProvisioning = (window: Window): string => `keyflow:provisioning_slow:ratio_rate${window}`

/** Prometheus 3 stores `le="5.0"` where 2 stored `le="5"`. */
export const bucketUpTo = (seconds: number): string => `le=~"${seconds}|${seconds}[.]0"`

/** `ago`: the same, that long before. */
export const increaseOf = (selector: string, seconds: number, { lasting }: Pace, ago?: string): string =>
  `increase(${selector}[${lasting(seconds)}]${ago === undefined ? '' : ` offset ${ago}`})`

/**
 * Whether a counter grew, also one that was born with its first increase, which `increase` does not see. Without the
 * inner `> 0` the second arm is hidden: `or` takes a series of zeros for an answer.
 */
export const grewOrWasBorn = (selector: string, seconds: number, pace: Pace): string =>
  `(${increaseOf(selector, seconds, pace)} > 0) or (${selector} unless ${selector} offset ${pace.lasting(seconds)})`
