import { type Fact, identitiesOf, type Occasion, type Scope, scopedId } from '@keyflow/contracts'
import type { MailContent } from './mail-view.ts'
import type { MailOrder } from './message.ts'
import type { MailTemplate } from './templates.ts'

/** A mail that was asked for, before it is in the ledger. */
export interface OrderedMail {
  readonly scope: Scope
  /** With `occurrence`: what it is about, so that there is one for each. */
  readonly subject: string
  readonly occurrence: string
  readonly order: MailOrder
  readonly licenseId: string | null
  readonly customer: string | null
  /** Scoped ids under which the recipient is known. */
  readonly refs: readonly string[]
  readonly encryptedKey: string | null
}

export const templateOf = ({ order }: OrderedMail): MailTemplate => order.content.template

const plain = (content: MailContent, expiresAt: string | null): MailOrder => ({
  content,
  notice: null,
  expiresAt,
  recordKey: null,
})

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** Mails that Stripe's facts give occasion to: a refund that has gone through, a dispute that was opened. */
export const mailsFromFacts = (type: string, facts: readonly Fact[]): readonly OrderedMail[] =>
  facts.flatMap((fact) => {
    const isRefund = fact.kind === 'refund' && fact.state.status === 'succeeded'
    const isDispute =
      fact.kind === 'dispute' && type === 'charge.dispute.created' && !fact.state.status.startsWith('warning')
    if (!isRefund && !isDispute) return []
    const { id, amount, currency } = fact.state
    if (amount === null || currency === null) return []
    const { scope } = fact.observed
    const template = isRefund ? 'refund_issued' : 'dispute_opened'
    return [
      {
        scope,
        subject: id,
        occurrence: template,
        order: plain({ template, money: { amount, currency } }, null),
        licenseId: null,
        customer: null,
        refs: identitiesOf(fact).map((ref) => scopedId(scope, ref)),
        encryptedKey: null,
      },
    ]
  })

/** Mails about what Stripe announces. Too late is worse than never: each expires when it comes true. */
export const mailFromOccasion = (occasion: Occasion): OrderedMail => {
  const { scope, customer } = occasion
  const of = (
    subject: string,
    occurrence: string,
    content: MailContent,
    at: number,
    refs: readonly string[],
  ): OrderedMail => ({
    scope,
    subject,
    occurrence,
    order: plain(content, iso(at)),
    licenseId: null,
    customer,
    refs: refs.map((ref) => scopedId(scope, ref)),
    encryptedKey: null,
  })
  switch (occasion.kind) {
    case 'trial_ending': {
      const { subscription, endsAt, price } = occasion
      const content = { template: 'trial_ending', tier: null, endsAt: iso(endsAt), price } as const
      return of(subscription, `trial${endsAt}`, content, endsAt, [customer, subscription])
    }
    case 'renewal_upcoming': {
      const { subscription, renewsAt, price } = occasion
      const content = { template: 'renewal_upcoming', renewsAt: iso(renewsAt), price } as const
      return of(subscription, `renewal${renewsAt}`, content, renewsAt, [customer, subscription])
    }
    case 'card_expiring': {
      const { card, last4, year, month } = occasion
      const end = Date.UTC(year, month, 1) / 1000
      const content = { template: 'card_expiring', last4, year, month } as const
      return of(card, `expiry${year}-${month}`, content, end, [customer])
    }
    default:
      return occasion satisfies never
  }
}
