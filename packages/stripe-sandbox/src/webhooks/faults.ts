import type { Params } from '../http/params.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { seededRandom } from '../seeded-random.ts'

/** How an endpoint's deliveries misbehave: everything that Stripe does not promise, on purpose and repeatably. */
export type Faults = {
  /** Extra wait before each first attempt, milliseconds. */
  readonly delay_ms: number
  /** Share of first attempts that never leave; the event arrives with its retry. */
  readonly drop_rate: number
  /** Share of events that are sent twice. */
  readonly duplicate_rate: number
  /** Events are held in groups of this many and sent in random order; 0 and 1 keep the order. */
  readonly reorder_window: number
  readonly seed: number
}

export const noFaults: Faults = { delay_ms: 0, drop_rate: 0, duplicate_rate: 0, reorder_window: 0, seed: 1 }

const rate = (params: Params, name: 'drop_rate' | 'duplicate_rate', otherwise: number): number => {
  const text = params.text(name)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw invalidRequest(`Invalid ${name}: must be between 0 and 1`, name)
  return value
}

const count = (params: Params, name: 'delay_ms' | 'reorder_window' | 'seed', otherwise: number): number => {
  const value = params.integer(name) ?? otherwise
  if (value < 0 || value > 600_000) throw invalidRequest(`Invalid ${name}: out of range`, name)
  return value
}

/** The current switches with those changed that the parameters name. */
export const readFaults = (params: Params, current: Faults): Faults => ({
  delay_ms: count(params, 'delay_ms', current.delay_ms),
  drop_rate: rate(params, 'drop_rate', current.drop_rate),
  duplicate_rate: rate(params, 'duplicate_rate', current.duplicate_rate),
  reorder_window: count(params, 'reorder_window', current.reorder_window),
  seed: count(params, 'seed', current.seed),
})

export interface FaultDice {
  readonly drops: () => boolean
  readonly duplicates: () => boolean
  readonly shuffle: <T>(entries: readonly T[]) => readonly T[]
}

/** The decisions for one endpoint, the same sequence for the same seed. */
export const faultDice = (faults: Faults): FaultDice => {
  const random = seededRandom(faults.seed)
  return {
    drops: () => random() < faults.drop_rate,
    duplicates: () => random() < faults.duplicate_rate,
    shuffle: (entries) =>
      entries
        .map((entry) => ({ entry, place: random() }))
        .sort((a, b) => a.place - b.place)
        .map(({ entry }) => entry),
  }
}
