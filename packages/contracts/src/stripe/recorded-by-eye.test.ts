import { describe, expect, it } from '@jest/globals'
import { factOfEvent } from '../../test/reading.ts'
import { asEvent, present, type Recorded, recorded } from '../../test/recorded.ts'
import type { FactKind } from '../facts/facts.ts'

/** Values read off the files by eye: no lookup of ours stands between them and the reader. */
const BY_EYE: readonly (readonly [file: string, kind: FactKind, state: object, before?: object])[] = [
  [
    'PowerZCY+next-ai-build/customer.subscription.created.2025-07-30.basil.json',
    'subscription',
    {
      status: 'active',
      items: [
        {
          price: {
            id: 'price_1RwJwGGaouLfVOpUOqvZtir1',
            lookupKey: 'Premium_yearly',
            product: 'prod_Ss44jwzw6oKCXk',
          },
          periodEnd: 1787016241,
        },
      ],
      latestInvoice: 'in_1RxHnpGaouLfVOpU2bq978ef',
    },
  ],
  [
    'PowerZCY+next-ai-build/invoice.paid.2025-07-30.basil.json',
    'invoice',
    {
      status: 'paid',
      subscription: 'sub_1RxHxrGaouLfVOpUpfTWqbjM',
      billingReason: 'subscription_create',
      attemptCount: 0,
      paidAt: 1755480861,
      lines: [{ price: { id: 'price_1RwJxfGaouLfVOpUplM98Xcr' }, subscriptionItem: 'si_St46RUIYZvAsFA' }],
    },
  ],
  [
    'PowerZCY+next-ai-build/checkout.session.completed.2025-07-30.basil.json',
    'checkout_session',
    { mode: 'subscription', paymentStatus: 'paid', country: 'HK', amountTotal: 19200, paymentIntent: null },
  ],
  [
    'pay-rails+pay/invoice.payment_failed.basil-shape.json',
    'invoice',
    { subscription: 'sub_1234', amountDue: 24900, attemptCount: 1, nextPaymentAttempt: 1745552783 },
  ],
  [
    'pay-rails+pay/customer.subscription.updated.basil-shape.json',
    'subscription',
    { status: 'canceled', endedAt: 1487872069, items: [{ quantity: 2, periodEnd: 1488987924 }] },
  ],
  [
    'stripe-ruby-mock+stripe-ruby-mock/customer.subscription.trial_will_end.2014-11-05.json',
    'subscription',
    {
      status: 'trialing',
      trialEnd: 1422331295,
      startedAt: 1422114329,
      items: [{ id: 'sub_00000000000000', price: { id: 'kx0AFo_00000000000000' }, periodEnd: 1423323929 }],
    },
  ],
  [
    'stripe-ruby-mock+stripe-ruby-mock/invoice.payment_failed.no-api_version.json',
    'invoice',
    {
      subscription: 'su_00000000000000',
      createdAt: 1380674206,
      lines: [
        { amount: 19000, proration: true },
        { amount: -9000, proration: true },
        { price: { id: 'platinum' }, periodEnd: 1386351053, subscription: 'su_00000000000000' },
      ],
    },
  ],
  [
    'supabase+stripe-sync-engine/charge.refunded.2020-03-02.json',
    'charge',
    { amountRefunded: 2500, refunded: true },
    { amountRefunded: 0, refunded: false },
  ],
  [
    'supabase+stripe-sync-engine/charge.refunded.2020-03-02.json',
    'payment_link',
    { invoice: 'in_1KJdKkJDPojXS6LNSwSWkZSN', paymentIntent: 'pi_3Kl36gJDPojXS6LN02fQVtKR' },
  ],
  [
    'supabase+stripe-sync-engine/charge.dispute.created.2020-03-02.json',
    'dispute',
    { status: 'warning_needs_response', charge: 'ch_1IqtGAJDPojXS6LNstgEfUji' },
  ],
]

describe('recorded payloads, read by eye', () => {
  if (!present)
    it('are absent here', () => {
      expect(recorded).toEqual([])
    })
  else
    for (const [file, kind, state, before] of BY_EYE)
      it(`agree with the reader: ${file} as ${kind}`, () => {
        const entry = recorded.find((each) => each.file === file) as Recorded
        const fact = factOfEvent(kind, asEvent(entry))
        expect(fact.state).toMatchObject(state)
        if (before !== undefined) expect(fact.before).toMatchObject(before)
      })
})
