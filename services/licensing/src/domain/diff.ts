import { type LicenseEventType, type LicenseSummary, sameJson } from '@keyflow/contracts'
import type { DerivedLicense } from './derived-license.ts'
import { type License, summarize } from './license.ts'

/** What happened to a license between two states; null = nothing that anybody outside could see. */
export interface Change {
  readonly type: LicenseEventType
  readonly before: LicenseSummary | null
  readonly after: LicenseSummary
}

/**
 * No event without a change, no change without an event. A license that was never granted is nobody's business: its
 * first event is `license.issued`, with whatever state it has by then.
 */
export const diffLicense = (
  before: License | undefined,
  after: DerivedLicense,
  at: number,
): Change | null => {
  const now = summarize(after, at)
  if (!after.granted) return null
  if (before === undefined || before.issuedAt === null)
    return { type: 'license.issued', before: null, after: now }
  const was = summarize(before, before.clock?.written ?? Math.floor(before.updatedAt / 1000))
  const isRotated = before.keyVersion !== (after.keyring?.version ?? 1)
  const type = isRotated ? 'license.key_rotated' : typeOf(was, now)
  return type === null ? null : { type, before: was, after: now }
}

/**
 * What must still be told of a license of which the world has heard last that it is `told`, as of then; null = nothing.
 * Fields that did not exist when it was told are no news.
 */
export const stillToTell = (
  told: { readonly after: LicenseSummary; readonly at: number } | undefined,
  license: DerivedLicense,
  at: number,
): Change | null => {
  if (!license.granted) return null
  const now = summarize(license, at)
  if (told === undefined) return { type: 'license.issued', before: null, after: now }
  const then = summarize(license, told.at)
  const known = Object.fromEntries(Object.entries(then).filter(([field]) => Object.hasOwn(told.after, field)))
  if (sameJson(told.after, known)) return null
  return { type: typeOf(told.after, now) ?? 'license.updated', before: told.after, after: now }
}

const typeOf = (was: LicenseSummary, now: LicenseSummary): LicenseEventType | null => {
  if (sameJson(was, now)) return null
  if (was.status !== now.status) {
    if (now.status === 'revoked') return 'license.revoked'
    if (now.status === 'suspended') return 'license.suspended'
    if (now.status === 'expired') return 'license.expired'
    if (now.status === 'grace')
      return was.status === 'active' ? 'license.grace_started' : 'license.reinstated'
    if (now.status === 'active') return was.status === 'grace' ? 'license.grace_ended' : 'license.reinstated'
  }
  if (was.tier !== now.tier || was.productId !== now.productId) return 'license.tier_changed'
  if (was.maxDomains !== now.maxDomains || was.quantity !== now.quantity || !sameFeatures(was, now))
    return 'license.limits_changed'
  if (was.cancelAt !== now.cancelAt)
    return now.cancelAt === null ? 'license.cancel_unscheduled' : 'license.cancel_scheduled'
  if (isLater(now.validThrough, was.validThrough)) return 'license.renewed'
  return 'license.updated'
}

const sameFeatures = (a: LicenseSummary, b: LicenseSummary): boolean => sameJson(a.features, b.features)

const isLater = (a: string | null, b: string | null): boolean => b !== null && (a === null || a > b)
