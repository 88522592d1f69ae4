import { type Static, Type } from 'typebox'
import { nullable } from '../schema/nullable.ts'
import { oneOf } from '../schema/one-of.ts'

const Instant = Type.String({ format: 'date-time' })
const NullableInstant = nullable(Instant)
const NullableText = nullable(Type.String())

/** The mails that dunning may ask for; the notifier has each in every language. */
export const NOTICE_TEMPLATES = [
  'payment_failed',
  'payment_action_required',
  'payment_method_missing',
  'payment_reminder',
  'license_downgraded',
  'suspension_notice',
  'license_suspended',
  'payment_recovered',
  'card_updated_pending',
  'subscription_canceled',
  'data_deletion_notice',
] as const
export type NoticeTemplate = (typeof NOTICE_TEMPLATES)[number]

/** A mail that dunning asks for, with every fact that it prints: the dates are those that the plan acts upon. */
export const DunningNotice = Type.Object({
  /** Step keys of the cases that it speaks for, e.g. `<case>:<anchor invoice>:remind`: one mail, however often it is asked for. */
  key: Type.String(),
  template: oneOf(NOTICE_TEMPLATES),
  /** What is owed, oldest first; amounts in minor units. */
  debts: Type.Array(Type.Object({ invoice: Type.String(), currency: Type.String(), amount: Type.Integer() })),
  /** The next restriction that this mail announces, and when it comes. */
  announces: Type.Union([
    Type.Object({ level: oneOf(['downgraded', 'suspended'] as const), at: Instant }),
    Type.Null(),
  ]),
  /** Tier of the downgrade that is announced or done. */
  tier: NullableText,
  /** Signed link that leads to a fresh payment page. */
  paymentUrl: NullableText,
  /** When Stripe tries again by itself. */
  nextAttemptAt: NullableInstant,
  /** Until when data are kept (suspended, canceled, deletion). */
  dataKeptUntil: NullableInstant,
  /** IANA zone in which the days of the case are counted. */
  zone: Type.Optional(Type.String()),
  /** Not sent after this, by everybody's clock. */
  expiresAt: NullableInstant,
})
export type DunningNotice = Static<typeof DunningNotice>

/** How a license stands with its payments, for the customer's own software: part of the answer to validate. */
export const BillingNotice = Type.Object({
  /** `past_due`: payment failed, nothing is restricted yet. */
  state: oneOf(['past_due', 'downgraded', 'suspended'] as const),
  /** When the next restriction comes; null when none is planned. */
  restrictAt: NullableInstant,
  /** Where a person can pay or change the card. */
  updatePaymentUrl: NullableText,
})
export type BillingNotice = Static<typeof BillingNotice>
