import { CONTESTANTS, type Contestant, TITLES } from './contestants.ts'
import { HELD_P99_MS, type HeldRate } from './held-rate.ts'
import { median } from './latencies.ts'
import type { Measured } from './measure.ts'

/** Every repetition of every contestant. */
export interface Results {
  readonly closed: Map<Contestant, Measured[]>
  /** At 200 requests a second. */
  readonly calm: Map<Contestant, Measured[]>
  readonly held: Map<Contestant, HeldRate[]>
}

export const emptyResults = (): Results => ({ closed: new Map(), calm: new Map(), held: new Map() })

export const addTo = <T>(series: Map<Contestant, T[]>, contestant: Contestant, value: T): void => {
  series.set(contestant, [...(series.get(contestant) ?? []), value])
}

/** Median over the repetitions; NaN where there were none. */
export const middle = <T>(
  series: Map<Contestant, T[]>,
  contestant: Contestant,
  pick: (value: T) => number,
): number => median((series.get(contestant) ?? []).map(pick))

const cell = (value: number, digits: number): string =>
  (Number.isNaN(value) ? '-' : value.toFixed(digits)).padStart(9)

interface Column {
  readonly title: string
  readonly digits: number
  readonly of: (contestant: Contestant) => number
}

const columnsOf = ({ closed, calm, held }: Results): readonly Column[] => [
  { title: '/s', digits: 0, of: (c) => middle(closed, c, (m) => m.perSecond) },
  { title: 'p50 ms', digits: 1, of: (c) => middle(closed, c, (m) => m.latencies.p50) },
  { title: 'p99 ms', digits: 1, of: (c) => middle(closed, c, (m) => m.latencies.p99) },
  { title: 'CPU us', digits: 0, of: (c) => middle(closed, c, (m) => m.cpuPerRequest) },
  { title: 'p50 ms', digits: 1, of: (c) => middle(calm, c, (m) => m.latencies.p50) },
  { title: 'p99 ms', digits: 1, of: (c) => middle(calm, c, (m) => m.latencies.p99) },
  { title: '/s', digits: 0, of: (c) => middle(held, c, (h) => h.rate) },
  { title: 'p99 ms', digits: 1, of: (c) => middle(held, c, (h) => h.p99) },
]

const FIRST = 40
const GROUPS = `${'closed loop, 128 connections'.padStart(36)}${'200/s, open loop'.padStart(18)}`

/** Medians of all repetitions, one row a server. */
export const printTable = (results: Results): void => {
  const columns = columnsOf(results)
  console.log(`\n${''.padEnd(FIRST)}${GROUPS}${`held, p99 < ${HELD_P99_MS} ms`.padStart(20)}`)
  console.log('server'.padEnd(FIRST) + columns.map(({ title }) => title.padStart(9)).join(''))
  for (const contestant of CONTESTANTS)
    console.log(
      TITLES[contestant].padEnd(FIRST) +
        columns.map(({ of, digits }) => cell(of(contestant), digits)).join(''),
    )
  for (const [contestant, rates] of results.held)
    console.log(`  held by ${contestant}, each repetition: ${rates.map(({ rate }) => rate).join(', ')}`)
}
