import type { Brand } from './mail-view.ts'
import type { Standing, Statement } from './statement.ts'

/** `pro` -> `Pro`, `small_team` -> `Small team`. */
export const tierName = (tier: string): string => {
  const words = tier.replace(/[_-]+/g, ' ').trim()
  return words === '' ? 'Standard' : words.charAt(0).toUpperCase() + words.slice(1)
}

export const domainLimit = (maxDomains: number): string =>
  maxDomains === 1 ? '1 domain' : `${maxDomains} domains`

/** `2 March 2027`, in UTC: the same for every reader, and for every run. */
export const dateText = (iso: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(iso))

export const greeting = (name: string | null): string => (name === null ? 'Hello,' : `Hello ${name},`)

/** Only causes that a customer can act upon are named; everything else stays neutral. */
const SUSPENDED_WHY: Readonly<Record<string, string>> = {
  payment_failed: ' because a payment did not go through',
  unpaid: ' because an invoice is unpaid',
  paused: ' because the subscription is paused',
}

const EXPIRED_WHY: Readonly<Record<string, string>> = {
  canceled: ' because the subscription was canceled',
  not_renewed: ' because it was not renewed',
  payment_failed: ' because a payment did not go through',
}

const reasonText = (reasons: Readonly<Record<string, string>>, reason: string | null): string =>
  reason !== null && Object.hasOwn(reasons, reason) ? (reasons[reason] ?? '') : ''

/** One sentence (or two) on how the license stands; null when there is nothing to say about an active one. */
export const standingSentence = (
  now: Statement,
  reason: string | null,
  support: string | null,
): string | null => {
  const ask = support === null ? '' : ` If you have a question, write to ${support}.`
  switch (now.standing) {
    case 'active':
      return now.cancelAt === null
        ? null
        : `It is set to end on ${dateText(now.cancelAt)} and will not renew after that.`
    case 'pending':
      return 'It starts to work as soon as the first payment has settled.'
    case 'suspended':
      return `It is currently suspended${reasonText(SUSPENDED_WHY, reason)} and does not validate until that is settled. Nothing is lost.`
    case 'expired':
      return `It has ended${reasonText(EXPIRED_WHY, reason)} and no longer validates.`
    case 'revoked':
      return `It has been revoked and no longer validates.${ask}`
    default:
      return now.standing satisfies never
  }
}

const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  pending: 'Waiting for payment',
  active: 'Active',
  suspended: 'Suspended',
  expired: 'Ended',
  revoked: 'Revoked',
}

export const standingWord = (standing: Standing): string => STANDING_WORDS[standing]

export interface Fact {
  readonly label: string
  readonly value: string
}

/** The rows that every license mail shows. */
export const licenseFacts = (now: Statement, licenseId: string): readonly Fact[] => [
  { label: 'Plan', value: tierName(now.tier) },
  { label: 'Limit', value: domainLimit(now.maxDomains) },
  { label: 'Status', value: standingWord(now.standing) },
  ...(now.cancelAt === null ? [] : [{ label: 'Ends on', value: dateText(now.cancelAt) }]),
  { label: 'License', value: licenseId },
]

export const signature = (brand: Brand): readonly string[] => [
  ...(brand.supportAddress === null ? [] : [`Questions? Write to ${brand.supportAddress}.`]),
  `${brand.product} licensing`,
]
