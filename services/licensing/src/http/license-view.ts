import type { LicenseDetails, LicenseResponse, LicenseSource } from '@keyflow/contracts'
import type { ValidatedLicense } from '../domain/judged-license.ts'
import { type License, summarize, toIso } from '../domain/license.ts'
import { timeOf } from '../domain/own-time.ts'

/** What the holder of a key may know. `at`: unix seconds. */
export const toDetails = (license: ValidatedLicense, at: number): LicenseDetails => {
  const summary = summarize(license, timeOf(license, at))
  return {
    id: license.id,
    status: summary.status,
    tier: summary.tier,
    product_id: summary.productId,
    max_domains: summary.maxDomains,
    features: summary.features,
    valid_through: summary.validThrough,
    trial_ends_at: summary.trialEndsAt,
    cancel_at: summary.cancelAt,
    upcoming: summary.upcoming ?? null,
  }
}

/** What the seller may know; the key itself is not among it. */
export const toResponse = (license: License, at: number): LicenseResponse => ({
  ...toDetails(license, at),
  reason: summarize(license, timeOf(license, at)).reason,
  version: license.version,
  account: license.scope.account,
  livemode: license.scope.livemode,
  quantity: license.quantity,
  key_last6: license.keyLast6 ?? '',
  key_version: license.keyVersion,
  metadata: { ...license.metadata },
  source: sourceOf(license),
  stripe_customer_id: license.customer,
  stripe_subscription_id: license.origin.kind === 'subscription_item' ? license.origin.subscription : null,
  stripe_price_id: license.origin.kind === 'grant' ? null : license.price,
  created_at: toIso(license.createdAt / 1000) ?? '',
  updated_at: toIso(license.updatedAt / 1000) ?? '',
})

const sourceOf = ({ origin }: License): LicenseSource => {
  if (origin.kind === 'grant') return origin.source
  return origin.kind === 'subscription_item' ? 'subscription' : 'purchase'
}
