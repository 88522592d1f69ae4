import type { DunningNotice, LicenseSummary, NoticeTemplate } from '@keyflow/contracts'
import type { Statement } from './statement.ts'

/** The sender as mails show it. */
export interface Brand {
  /** Name of the product that is licensed. */
  readonly product: string
  /** Public base URL of the license API, without a trailing slash. */
  readonly licenseApiUrl: string
  readonly supportAddress: string | null
  /** Where customers manage their subscription. */
  readonly portalUrl: string | null
  /** https address of an image; null shows the product's name. */
  readonly logoUrl: string | null
  /** `#rrggbb` of buttons and marks, and of text upon it. */
  readonly accent: string
  readonly accentInk: string
}

/** Minor units. */
export interface Money {
  readonly currency: string
  readonly amount: number
}

/** What every mail knows besides its own facts: fixed when it is rendered for the first time. */
export interface MailContext {
  readonly brand: Brand
  readonly customerName: string | null
  /** BCP 47, of a language that has texts. */
  readonly locale: string
  /** IANA zone in which dates are printed. */
  readonly timeZone: string
  /** Where to unsubscribe from mails of this kind; null for those that are part of the service. */
  readonly unsubscribeUrl: string | null
  /** Nothing behind it is real. */
  readonly isTest: boolean
}

interface LicenseFacts {
  readonly licenseId: string
  readonly now: Statement
  /** Machine-readable cause of the standing, e.g. `payment_failed`. */
  readonly reason: string | null
  /** ISO 8601, like every instant of a view. */
  readonly validThrough: string | null
  readonly trialEndsAt: string | null
}

/** What a mail says, as plain data; a license key is never part of it. */
export type MailContent =
  | ({ readonly template: 'license_issued' } & LicenseFacts)
  /** `before`: what the customer knew so far; null when that is not sure. */
  | ({ readonly template: 'license_changed'; readonly before: Statement | null } & LicenseFacts)
  | ({ readonly template: 'license_renewed' } & LicenseFacts)
  | ({ readonly template: 'license_resent'; readonly sentAt: string } & LicenseFacts)
  | ({
      readonly template: 'key_rotated'
      readonly rotatedAt: string
      /** Until when the old key works; null when it no longer does. */
      readonly oldKeyUntil: string | null
    } & LicenseFacts)
  | {
      readonly template: 'trial_ending'
      readonly tier: string | null
      readonly endsAt: string
      readonly price: Money | null
    }
  | { readonly template: 'renewal_upcoming'; readonly renewsAt: string; readonly price: Money }
  | {
      readonly template: 'card_expiring'
      readonly last4: string
      readonly year: number
      readonly month: number
    }
  | { readonly template: 'refund_issued' | 'dispute_opened'; readonly money: Money }
  | ({ readonly template: NoticeTemplate } & Omit<DunningNotice, 'template' | 'key' | 'expiresAt'>)
  | {
      readonly template: 'ops_alert' | 'ops_digest'
      readonly since: string
      readonly counts: Readonly<Record<OpsCount, number>>
    }

export const OPS_COUNTS = [
  'accepted',
  'bounced',
  'complained',
  'failed',
  'unknown',
  'suppressed',
  'waiting',
] as const
export type OpsCount = (typeof OPS_COUNTS)[number]

export type ContentOf<T extends MailContent['template']> = Extract<MailContent, { template: T }>

/** Plain data from which a mail's text is made. */
export interface MailView {
  readonly context: MailContext
  readonly content: MailContent
}

export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export const licenseFactsOf = (
  summary: LicenseSummary,
  now: Statement,
  licenseId: string,
): ContentOf<'license_issued'> => ({
  template: 'license_issued',
  licenseId,
  now,
  reason: summary.reason,
  validThrough: summary.validThrough,
  trialEndsAt: summary.trialEndsAt,
})
