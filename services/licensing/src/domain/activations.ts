import { type ActivationRecord, coversDomain, type PlaceKind } from '@keyflow/contracts'

/** Where a license is used. */
export interface Place {
  readonly kind: PlaceKind
  /** Normalized domain (a seller may grant `*.example.com`), or the machine's fingerprint. */
  readonly value: string
}

export interface Activation extends Place {
  /** Rank follows from it: first activated, first. */
  readonly seq: number
  /** Unix milliseconds. */
  readonly at: number
}

/** The places of one license. */
export interface Activations {
  /** Highest seq that was ever given out or read; 0 = nothing stored. */
  readonly seq: number
  /** By seq. */
  readonly places: readonly Activation[]
  /** Places that were given up, so that an old record from the log does not bring them back. */
  readonly gone: readonly (Place & { readonly seq: number })[]
  /** Up to here `gone` has been forgotten: what the log says up to this seq is in `places` already. */
  readonly goneThrough: number
}

export const NO_ACTIVATIONS: Activations = { seq: 0, places: [], gone: [], goneThrough: 0 }

/** What is said of a place, with its seq: the common part of a request, and of a record of the log. */
export type ActivationFact = Pick<ActivationRecord, 'seq' | 'kind' | 'value' | 'active'> & {
  readonly at: number
}

/** How many given-up places are remembered: far more than records of one license overtake each other in the log. */
const GONE_KEPT = 200

/**
 * Adds what a record says. Idempotent and independent of order: of what is said of a place, the highest seq holds. The
 * same object comes back when nothing changes.
 */
export const mergeActivation = (known: Activations, fact: ActivationFact): Activations => {
  const { seq, kind, value, active, at } = fact
  const isSame = (place: Place): boolean => place.kind === kind && place.value === value
  const before = known.places.find(isSame) ?? known.gone.find(isSame)
  if (seq <= known.goneThrough || (before !== undefined && before.seq >= seq)) return known
  const places = known.places.filter((place) => !isSame(place))
  const gone = known.gone.filter((place) => !isSame(place))
  const next = active
    ? { places: [...places, { kind, value, seq, at }].sort(bySeq), gone }
    : { places, gone: [...gone, { kind, value, seq }].sort(bySeq) }
  const forgotten = next.gone.slice(0, Math.max(0, next.gone.length - GONE_KEPT))
  return {
    seq: Math.max(known.seq, seq),
    places: next.places,
    gone: next.gone.slice(forgotten.length),
    goneThrough: Math.max(known.goneThrough, forgotten.at(-1)?.seq ?? 0),
  }
}

const bySeq = (a: { readonly seq: number }, b: { readonly seq: number }): number => a.seq - b.seq

/** Where a place stands among the license's places of its kind. */
export interface Standing {
  /** The activation that covers the place. */
  readonly activation: Activation
  /** 1 = activated first. */
  readonly rank: number
  /** Places of the kind in use, overflow included. */
  readonly used: number
}

/**
 * The standing of a place, or null when it is not activated. With a limit that was lowered, those that rank within it
 * go on; only the overflow (`rank > limit`) fails. Where several activations cover a domain, the first one counts.
 */
export const standingOf = (activations: Activations, place: Place): Standing | null => {
  const ofKind = placesOf(activations, place.kind)
  const index = ofKind.findIndex(({ value }) =>
    place.kind === 'domain' ? coversDomain(value, place.value) : value === place.value,
  )
  const activation = ofKind[index]
  return activation === undefined ? null : { activation, rank: index + 1, used: ofKind.length }
}

export const placesOf = (activations: Activations, kind: PlaceKind): readonly Activation[] =>
  activations.places.filter((place) => place.kind === kind)

/** What follows from the wish to use a license at a place. */
export type Placement =
  | { readonly kind: 'stands'; readonly standing: Standing }
  | { readonly kind: 'full'; readonly limit: number; readonly used: number }
  /** To be recorded. */
  | { readonly kind: 'new'; readonly fact: ActivationFact }

/** `at`: unix milliseconds. A place that stands already stays as it is, however often it is added. */
export const place = (activations: Activations, wanted: Place, limit: number, at: number): Placement => {
  const standing = standingOf(activations, wanted)
  if (standing !== null && standing.rank <= limit) return { kind: 'stands', standing }
  const used = placesOf(activations, wanted.kind).length
  if (used >= limit) return { kind: 'full', limit, used }
  const { kind, value } = wanted
  return { kind: 'new', fact: { kind, value, active: true, at, seq: activations.seq + 1 } }
}

interface Limited {
  readonly terms: { readonly maxDomains: number; readonly maxMachines?: number }
  readonly quantity: number
}

/** Places that a license may be used at. A tier that names no number of machines allows as many as domains. */
export const limitOf = ({ terms, quantity }: Limited, kind: PlaceKind): number => {
  const each = kind === 'machine' ? (terms.maxMachines ?? terms.maxDomains) : terms.maxDomains
  return each * Math.max(1, quantity)
}
