/** How a value is drawn: one number, lines over time, lines on top of each other, or a histogram over time. */
export type PanelKind = 'stat' | 'lines' | 'stacked' | 'heatmap'

export interface PanelQuery {
  readonly expr: string
  /** Grafana's legend template. */
  readonly legend: string
}

export interface PanelSpec {
  readonly kind: PanelKind
  readonly title: string
  /** What it says, and from when on one should worry. */
  readonly description: string
  /** Grafana's name of the unit, e.g. `percentunit`, `s`, `reqps`. */
  readonly unit: string
  readonly queries: readonly PanelQuery[]
  /** Of 24 columns. */
  readonly width: number
  /** Shown where there is no value; a ratio without traffic is no 0 and no 1. */
  readonly noValue?: string
  readonly min?: number
}

export interface BoardSpec {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly panels: readonly PanelSpec[]
}

const SCOPE = 'job=~"$job",instance=~"$instance"'

/** A series of the jobs and instances that are chosen above. */
export const of = (metric: string, ...matchers: readonly string[]): string =>
  `${metric}{${[SCOPE, ...matchers].join(',')}}`

const LIVEMODE = 'livemode=~"$livemode"'
export const requests = (...matchers: readonly string[]): string =>
  of('keyflow_webhook_requests_total', LIVEMODE, ...matchers)

export const rate = (series: string): string => `rate(${series}[$__rate_interval])`
export const sumRate = (series: string, by?: string): string =>
  `sum${by === undefined ? '' : ` by (${by})`} (${rate(series)})`

/** Quantile of a histogram, seconds. */
export const quantile = (q: number, metric: string, by?: string): string =>
  `histogram_quantile(${q}, ${sumRate(of(`${metric}_bucket`), by === undefined ? 'le' : `le, ${by}`)})`

/** Where nothing has been counted yet there is no series: that is 0. */
export const orZero = (expr: string): string => `${expr} or vector(0)`
