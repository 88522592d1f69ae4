import type { Statement } from '../domain/statement.ts'
import type { Fact } from './blocks.ts'
import type { Words } from './words.ts'

/** `pro` -> `Pro`, `small_team` -> `Small team`: a plan's name is nobody's to translate. */
export const tierName = (tier: string): string => {
  const words = tier.replace(/[_-]+/g, ' ').trim()
  return words === '' ? 'Standard' : words.charAt(0).toUpperCase() + words.slice(1)
}

/** Only causes that a customer can act upon are named; everything else stays neutral. */
const SUSPENDED_WHY: ReadonlyMap<string, string> = new Map([
  ['payment_failed', 'payment'],
  ['payment_overdue', 'payment'],
  ['unpaid', 'unpaid'],
  ['paused', 'paused'],
])
const EXPIRED_WHY: ReadonlyMap<string, string> = new Map([
  ['canceled', 'canceled'],
  ['not_renewed', 'notRenewed'],
  ['payment_failed', 'payment'],
])

/** One sentence on how the license stands; null when there is nothing to say about an active one. */
export const standingSentence = (words: Words, now: Statement, reason: string | null): string | null => {
  const why = (reasons: ReadonlyMap<string, string>) => ({ reason: reasons.get(reason ?? '') ?? 'other' })
  switch (now.standing) {
    case 'active':
      return now.cancelAt === null ? null : words.say('standing.cancelAt', { date: words.date(now.cancelAt) })
    case 'pending':
      return words.say('standing.pending')
    case 'suspended':
      return words.say('standing.suspended', why(SUSPENDED_WHY))
    case 'expired':
      return words.say('standing.expired', why(EXPIRED_WHY))
    case 'revoked':
      return words.say('standing.revoked')
    default:
      return now.standing satisfies never
  }
}

export const domainLimit = (words: Words, count: number): string => words.say('common.domains', { count })

/** The rows that every license mail shows. */
export const licenseRows = (words: Words, now: Statement, licenseId: string): readonly Fact[] => [
  { label: words.say('label.plan'), value: tierName(now.tier) },
  { label: words.say('label.limit'), value: domainLimit(words, now.maxDomains) },
  { label: words.say('label.status'), value: words.say(`status.${now.standing}`) },
  ...(now.cancelAt === null ? [] : [{ label: words.say('label.endsOn'), value: words.date(now.cancelAt) }]),
  { label: words.say('label.license'), value: licenseId },
]

/** The rows of the license, those that changed with what they were. */
export const changedRows = (
  words: Words,
  before: Statement | null,
  now: Statement,
  licenseId: string,
): readonly Fact[] => {
  const old = new Map(
    (before === null ? [] : licenseRows(words, before, licenseId)).map(({ label, value }) => [label, value]),
  )
  return licenseRows(words, now, licenseId).map(({ label, value }) => {
    const was = old.get(label)
    return {
      label,
      value: was === undefined || was === value ? value : words.say('common.was', { value, old: was }),
    }
  })
}
