import type { DeclineClass } from './decline-class.ts'
import type { Match, PinnedPolicy, Policy, PolicyBook } from './policy.ts'

/** What policies are chosen by. */
export interface Subject {
  readonly tiers: readonly string[]
  readonly country: string | null
  /** Minor units by currency. */
  readonly outstanding: Readonly<Record<string, number>>
  readonly tags: readonly string[]
  readonly collectionMethod: string | null
  readonly livemode: boolean
  readonly decline: DeclineClass
}

const isOneOf = (wanted: readonly string[] | undefined, ...given: readonly (string | null)[]): boolean =>
  wanted === undefined || given.some((one) => one !== null && wanted.includes(one))

export const matches = (match: Match, subject: Subject): boolean =>
  isOneOf(match.tier, ...subject.tiers) &&
  isOneOf(match.country, subject.country) &&
  isOneOf(match.currency, ...Object.keys(subject.outstanding)) &&
  isOneOf(match.tags, ...subject.tags) &&
  isOneOf(match.collectionMethod, subject.collectionMethod) &&
  isOneOf(match.decline, subject.decline) &&
  (match.livemode === undefined || match.livemode === subject.livemode) &&
  reaches(match.amountAtLeast, subject.outstanding)

const reaches = (
  bounds: Readonly<Record<string, number>> | undefined,
  outstanding: Readonly<Record<string, number>>,
): boolean =>
  bounds === undefined ||
  Object.entries(bounds).some(([currency, least]) => (outstanding[currency] ?? 0) >= least)

/** The first policy that matches; a book without a catch-all does not pass the lint, its last policy stands in. */
export const choosePolicy = (book: PolicyBook, subject: Subject): PinnedPolicy => {
  const found = book.current.find(({ policy }) => matches(policy.match, subject)) ?? book.current.at(-1)
  if (found === undefined) throw new Error('a book of policies without a policy')
  return found
}

export const policyByHash = (book: PolicyBook, hash: string): Policy | undefined =>
  book.current.find((pinned) => pinned.hash === hash)?.policy ?? book.retired.get(hash)
