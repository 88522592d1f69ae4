import { sameJson } from '@keyflow/contracts'
import type { Derived, DerivedLicense } from './derived-license.ts'
import { statusAt } from './license.ts'

/** What differs between the log and Stripe. */
export const DRIFT_CLASSES = [
  /** An event that Stripe lists and the log lacks. */
  'missing_event',
  'missing_license',
  'status',
  /** Tier, limits, features or quantity. */
  'terms',
  /** When it ends. */
  'term_end',
  /** Nothing that a license shows: a purchase that waits for a person, or a question to Stripe. */
  'open_question',
  /** Stripe has no such subscription (any more). */
  'unknown_to_stripe',
] as const
export type DriftClass = (typeof DRIFT_CLASSES)[number]

/** Over-granted: the license gives more than Stripe says was bought. */
export const DRIFT_DIRECTIONS = ['over_granted', 'under_granted', 'neutral'] as const
export type DriftDirection = (typeof DRIFT_DIRECTIONS)[number]

export interface Drift {
  readonly class: DriftClass
  readonly direction: DriftDirection
  readonly license: string | null
}

/** Compares what is derived from the log with what is derived once Stripe's present answer is added. `at`: unix seconds. */
export const driftBetween = (before: readonly Derived[], after: Derived, at: number): readonly Drift[] => {
  const known = new Map(before.flatMap((derived) => derived.licenses.map((license) => [license.id, license])))
  const drifts = after.licenses.flatMap((license) => compare(known.get(license.id), license, at) ?? [])
  if (drifts.length > 0) return drifts
  const asked = new Set(before.flatMap(openEndsOf))
  return openEndsOf(after).some((end) => !asked.has(end))
    ? [{ class: 'open_question', direction: 'neutral', license: null }]
    : []
}

const openEndsOf = ({ reviews, needs }: Derived): readonly string[] => [
  ...reviews.map(({ id }) => `review ${id}`),
  ...needs.map(({ what, subject }) => `need ${what} ${subject}`),
]

const compare = (before: DerivedLicense | undefined, after: DerivedLicense, at: number): Drift | null => {
  const license = after.id
  if (before === undefined)
    return { class: 'missing_license', direction: isOpen(after, at) ? 'under_granted' : 'neutral', license }
  const [was, is] = [statusAt(before, at), statusAt(after, at)]
  if (was !== is || before.reason !== after.reason)
    return {
      class: 'status',
      direction: directionOf(Number(isOpen(before, at)), Number(isOpen(after, at))),
      license,
    }
  // When exactly something ended that both call ended is no news.
  if (!isOpen(before, at) && before.billing !== 'suspended') return null
  if (!sameJson(before.terms, after.terms) || before.quantity !== after.quantity)
    return { class: 'terms', direction: directionOf(worth(before), worth(after)), license }
  if (before.validThrough !== after.validThrough || before.cancelAt !== after.cancelAt)
    return { class: 'term_end', direction: directionOf(endOf(before), endOf(after)), license }
  return null
}

const isOpen = (license: DerivedLicense, at: number): boolean => {
  const status = statusAt(license, at)
  return license.granted && (status === 'active' || status === 'grace')
}

const directionOf = (has: number, should: number): DriftDirection =>
  has === should ? 'neutral' : has > should ? 'over_granted' : 'under_granted'

const worth = ({ terms, quantity }: DerivedLicense): number => terms.maxDomains * Math.max(1, quantity)

const endOf = ({ validThrough, cancelAt }: DerivedLicense): number =>
  Math.min(validThrough ?? Number.POSITIVE_INFINITY, cancelAt ?? Number.POSITIVE_INFINITY)
