import type { LicenseSummary } from '@keyflow/contracts'
import type { Statement } from './statement.ts'

/** The sender as mails show it. */
export interface Brand {
  /** Name of the product that is licensed. */
  readonly product: string
  /** Public base URL of the license API, without a trailing slash. */
  readonly licenseApiUrl: string
  readonly supportAddress: string | null
}

interface LicenseView {
  readonly brand: Brand
  readonly licenseId: string
  readonly customerName: string | null
  /** BCP 47; rendering falls back to English. */
  readonly locale: string | null
  readonly now: Statement
  /** Machine-readable cause of the standing, e.g. `payment_failed`. */
  readonly reason: string | null
  /** ISO 8601. */
  readonly validThrough: string | null
  readonly trialEndsAt: string | null
}

export interface LicenseIssuedView extends LicenseView {
  readonly template: 'license_issued'
}

export interface LicenseChangedView extends LicenseView {
  readonly template: 'license_changed'
  /** What the customer knew so far; null when that is not sure. */
  readonly before: Statement | null
}

/** Plain data from which a mail's text is made; the license key is never part of it. */
export type MailView = LicenseIssuedView | LicenseChangedView

export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export const licenseView = (
  summary: LicenseSummary,
  now: Statement,
  context: Pick<LicenseView, 'brand' | 'licenseId' | 'customerName' | 'locale'>,
): LicenseView => ({
  ...context,
  now,
  reason: summary.reason,
  validThrough: summary.validThrough,
  trialEndsAt: summary.trialEndsAt,
})
