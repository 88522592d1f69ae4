import type { Fact, FactKind, Observed, StateOf } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { isMalformed, type Malformed } from './malformed.ts'

/** One Stripe object as one event or one snapshot showed it. */
export interface Sighting {
  readonly object: Json
  /** The same object before the event, where Stripe said so. */
  readonly was: Json | null
  readonly observed: Observed
}

/** Everything that a sighting of one kind of object tells. */
export type FactReader = (sighting: Sighting) => readonly Fact[] | Malformed

export type Narrow<S> = (object: Json) => S | Malformed

export const factOf = <K extends FactKind>(kind: K, observed: Observed, state: StateOf<K>): Fact =>
  ({ kind, observed, state }) as Fact

/** The fact about the seen object itself, with what it was before. An unreadable past is left out: it only breaks ties. */
export const factAbout = <K extends FactKind>(
  kind: K,
  narrow: Narrow<StateOf<K>>,
  { object, was, observed }: Sighting,
): Fact | Malformed => {
  const state = narrow(object)
  if (isMalformed(state)) return state
  const before = was === null ? null : narrow(was)
  if (before === null || isMalformed(before)) return factOf(kind, observed, state)
  return { kind, observed, state, before } as Fact
}
