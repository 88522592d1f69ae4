import type { Observed } from './facts.ts'
import { sameJson } from './same-json.ts'

/**
 * A register keeps the newest observation of one Stripe object, whatever order observations arrive in.
 * `event.created` has one-second resolution, so it keeps *every* observation that ties for newest and
 * leaves the choice to `current`. Merging is idempotent, commutative and associative (tested as laws).
 */
export interface Observation<S> {
  readonly at: number
  readonly rank: number
  readonly eventId: string
  readonly state: S
  readonly before?: S
}

export interface Register<S> {
  /** All observations that tie for newest, sorted by event id. Never empty. */
  readonly newest: readonly Observation<S>[]
}

/** What comes last in an object's life, whatever the clock says (`canceled` never becomes `active`). Higher is later. */
export type LifecycleOf<S> = (state: S) => number

const noLifecycle = (): number => 0

const compare = <S>(a: Observation<S>, b: Observation<S>, lifecycle: LifecycleOf<S>): number =>
  lifecycle(a.state) - lifecycle(b.state) || a.at - b.at || a.rank - b.rank

export const observe = <S>(fact: { observed: Observed; state: S; before?: S }): Register<S> => ({
  newest: [
    {
      at: fact.observed.at,
      rank: fact.observed.rank,
      eventId: fact.observed.eventId,
      state: fact.state,
      ...(fact.before === undefined ? {} : { before: fact.before }),
    },
  ],
})

/** Joins two registers of the same object. Returns `a` itself when `b` adds nothing. */
export const mergeRegisters = <S>(
  a: Register<S> | undefined,
  b: Register<S>,
  lifecycle: LifecycleOf<S> = noLifecycle,
): Register<S> => {
  if (a === undefined) return b
  const order = compare(a.newest[0] as Observation<S>, b.newest[0] as Observation<S>, lifecycle)
  if (order !== 0) return order > 0 ? a : b
  const known = new Set(a.newest.map((o) => o.eventId))
  const added = b.newest.filter((o) => !known.has(o.eventId))
  if (added.length === 0) return a
  return { newest: [...a.newest, ...added].sort((x, y) => (x.eventId < y.eventId ? -1 : 1)) }
}

export interface Current<S> {
  readonly state: S
  readonly at: number
  readonly eventId: string
  /** How a tie was broken; `ambiguous` means that only Stripe can tell (ask for a snapshot). */
  readonly decidedBy: 'only' | 'same' | 'chain' | 'ambiguous'
}

/**
 * The state that the register stands for. Ties are broken by the `previous_attributes` chain: B follows A when
 * what B says was before is what A says. If the chain leaves several ends, the greatest event id is taken
 * (deterministic) and the answer is marked ambiguous.
 */
export const current = <S>(register: Register<S>): Current<S> => {
  const all = register.newest
  const first = all[0] as Observation<S>
  const pick = (o: Observation<S>, decidedBy: Current<S>['decidedBy']): Current<S> => ({
    state: o.state,
    at: o.at,
    eventId: o.eventId,
    decidedBy,
  })
  if (all.length === 1) return pick(first, 'only')
  if (all.every((o) => sameJson(o.state, first.state))) return pick(first, 'same')
  const follows = (next: Observation<S>, o: Observation<S>): boolean =>
    next.before !== undefined && sameJson(next.before, o.state) && !sameJson(next.state, o.state)
  const ends = all.filter((o) => !all.some((next) => next !== o && follows(next, o)))
  const last = (ends.length > 0 ? ends : all).at(-1) as Observation<S>
  const isOneEnd = ends.length > 0 && ends.every((end) => sameJson(end.state, last.state))
  return pick(last, isOneEnd ? 'chain' : 'ambiguous')
}

/** JSON with sorted keys: equal states give equal text. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0)))
      : v,
  )
