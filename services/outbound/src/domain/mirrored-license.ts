import type { LicenseEvent, LicenseStatus } from '@keyflow/contracts'

/** What an outside license server is to know of a license. No personal data but Stripe's ids. */
export interface MirroredLicense {
  readonly licenseId: string
  /** Of two the higher holds. */
  readonly version: number
  readonly customer: string | null
  readonly subscription: string | null
  readonly productId: string
  readonly tier: string
  readonly maxDomains: number
  readonly features: readonly string[]
  readonly status: LicenseStatus
  /** ISO 8601 UTC; null = no end. */
  readonly validThrough: string | null
}

export const mirroredLicense = ({ after, ...event }: LicenseEvent): MirroredLicense => ({
  licenseId: event.licenseId,
  version: event.licenseVersion,
  customer: event.customer,
  subscription: event.subscription,
  productId: after.productId,
  tier: after.tier,
  maxDomains: after.maxDomains,
  features: after.features,
  status: after.status,
  validThrough: after.validThrough,
})

/** Whether the license may be used as far as its status goes; the end of its time is told by itself. */
export const isUsable = ({ status }: Pick<MirroredLicense, 'status'>): boolean =>
  status === 'active' || status === 'grace'

/** What differs between what is wanted and what is there, by name; a field that the other side does not show is not compared. */
export const differences = (
  wanted: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): readonly string[] =>
  Object.keys(wanted).filter(
    (name) => found[name] !== undefined && comparable(wanted[name]) !== comparable(found[name]),
  )

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

/** Order of a list and the way an instant is written mean nothing. */
const comparable = (value: unknown): string => {
  if (Array.isArray(value)) return JSON.stringify(value.map(String).sort())
  if (typeof value === 'string' && INSTANT.test(value)) return String(Date.parse(value))
  return JSON.stringify(value ?? null)
}
