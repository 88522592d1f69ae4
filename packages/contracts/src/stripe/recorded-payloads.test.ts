import { describe, expect, it } from '@jest/globals'
import { factsOf, factsOfKind } from '../../test/reading.ts'
import { asEvent, FOLDER, load, present, type Raw, recorded } from '../../test/recorded.ts'
import { eventOf, listOf } from '../../test/stripe-payloads.ts'
import type { Fact, FactKind } from '../facts/facts.ts'
import { identitiesOf } from '../facts/identities.ts'
import { HANDLED_EVENT_TYPES } from './event-types.ts'
import { objectIdOf, partitionKeyOf } from './partition-key.ts'
import { readSnapshot } from './read-snapshot.ts'
import { readStripeEventObject } from './read-stripe.ts'

const events = recorded.filter(({ type }) => !type.startsWith('object.'))
const objects = recorded.filter(({ type }) => type.startsWith('object.'))

const only = <K extends FactKind>(kind: K, facts: readonly Fact[]) => {
  const found = factsOfKind(kind, facts)
  expect(found).toHaveLength(1)
  return found[0] as Extract<Fact, { kind: K }>
}

const idIn = (reference: Raw): string | null => reference?.id ?? reference ?? null

const expectSubscription = (raw: Raw, facts: readonly Fact[]) => {
  const { state } = only('subscription', facts)
  const rawItems: Raw[] = raw.items?.data ?? [{ id: raw.id, plan: raw.plan, quantity: raw.quantity }]
  expect(state).toMatchObject({ id: raw.id, status: raw.status, customer: raw.customer, itemsComplete: true })
  expect(state.items).toHaveLength(rawItems.length)
  for (const item of state.items) {
    const rawItem = rawItems.find(({ id }) => id === item.id)
    expect(item.price?.id).toBe((rawItem.price ?? rawItem.plan).id)
    expect(item.quantity).toBe(rawItem.quantity ?? null)
    expect(item.periodEnd).toBe(rawItem.current_period_end ?? raw.current_period_end)
    expect(item.periodEnd).toBeGreaterThan(0)
  }
  expect(state.trialEnd).toBe(raw.trial_end ?? null)
  expect(state.endedAt).toBe(raw.ended_at ?? null)
  expect(identitiesOf(only('subscription', facts))).toEqual(expect.arrayContaining([raw.id, raw.customer]))
}

const expectInvoice = (raw: Raw, facts: readonly Fact[]) => {
  const madeBySubscription = raw.parent?.type === 'subscription_details'
  const { state } = only('invoice', facts)
  expect(state).toMatchObject({
    id: raw.id,
    customer: raw.customer,
    subscription:
      raw.subscription ?? (madeBySubscription ? raw.parent.subscription_details.subscription : null),
    status: raw.status ?? (raw.paid ? 'paid' : 'open'),
    amountDue: raw.amount_due,
    attemptCount: raw.attempt_count,
    nextPaymentAttempt: raw.next_payment_attempt,
    linesComplete: true,
  })
  expect(state.lines.map(({ id }) => id)).toEqual(raw.lines.data.map(({ id }: Raw) => id))
  state.lines.forEach((line, n) => {
    const rawLine = raw.lines.data[n]
    const price = rawLine.pricing?.price_details?.price ?? rawLine.price?.id ?? rawLine.plan?.id ?? null
    expect(line.price?.id ?? null).toBe(price)
    expect(line).toMatchObject({
      periodStart: rawLine.period.start,
      periodEnd: rawLine.period.end,
      amount: rawLine.amount,
    })
    const origin = rawLine.parent?.[rawLine.parent.type] ?? rawLine
    expect(line.proration).toBe(origin.proration)
    if (state.subscription !== null && !line.proration) expect(line.subscription).toBe(state.subscription)
    if (origin.subscription_item) expect(line.subscriptionItem).toBe(origin.subscription_item)
  })
  const paidWith = [raw.payment_intent, raw.charge].map(idIn).filter((id) => id !== null)
  const links = factsOfKind('payment_link', facts)
  expect(links).toHaveLength(paidWith.length > 0 ? 1 : 0)
  if (links[0] !== undefined)
    expect(identitiesOf(links[0])).toEqual(expect.arrayContaining([raw.id, ...paidWith]))
}

const expectFailure = (kind: string, raw: Raw, facts: readonly Fact[]) => {
  expectInvoice(raw, facts)
  expect(only('invoice_failure', facts).state).toMatchObject({
    invoice: raw.id,
    kind,
    attemptCount: raw.attempt_count,
  })
}

const expectCharge = (raw: Raw, facts: readonly Fact[]) => {
  expect(only('charge', facts).state).toMatchObject({
    id: raw.id,
    amount: raw.amount,
    amountRefunded: raw.amount_refunded,
    refunded: raw.refunded,
    customer: idIn(raw.customer),
    paymentIntent: idIn(raw.payment_intent),
  })
  const refunds = factsOfKind('refund', facts).map(({ state }) => state)
  expect(refunds.map(({ id, amount }) => [id, amount])).toEqual(
    (raw.refunds?.data ?? []).map(({ id, amount }: Raw) => [id, amount]),
  )
  for (const refund of refunds)
    expect(refund).toMatchObject({ status: 'succeeded', charge: expect.any(String) })
  if (raw.invoice)
    expect(only('payment_link', facts).state).toMatchObject({ invoice: raw.invoice, charge: raw.id })
}

const expectDispute = (raw: Raw, facts: readonly Fact[]) => {
  expect(facts).toHaveLength(1)
  expect(only('dispute', facts).state).toMatchObject({
    id: raw.id,
    charge: raw.charge,
    paymentIntent: idIn(raw.payment_intent),
    status: raw.status,
    reason: raw.reason,
    amount: raw.amount,
  })
}

const expectRefund = (raw: Raw, facts: readonly Fact[]) => {
  expect(only('refund', facts).state).toMatchObject({
    id: raw.id,
    charge: raw.charge,
    paymentIntent: idIn(raw.payment_intent),
    amount: raw.amount,
    status: raw.status,
  })
}

const expectSession = (raw: Raw, facts: readonly Fact[]) => {
  expect(only('checkout_session', facts).state).toMatchObject({
    id: raw.id,
    mode: raw.mode,
    status: raw.status,
    paymentStatus: raw.payment_status,
    customer: raw.customer,
    email: raw.customer_details?.email ?? raw.customer_email ?? null,
    subscription: raw.subscription ?? null,
    paymentIntent: idIn(raw.payment_intent),
    amountTotal: raw.amount_total,
  })
  expect(factsOfKind('payment_link', facts)).toHaveLength(raw.payment_intent ? 1 : 0)
}

const expectCustomer = (raw: Raw, facts: readonly Fact[]) => {
  const deleted = raw.deleted === true
  expect(only('customer', facts).state).toMatchObject({
    id: raw.id,
    deleted,
    email: deleted ? null : raw.email,
    name: deleted ? null : (raw.name ?? null),
  })
}

type Expectation = (raw: Raw, facts: readonly Fact[]) => void

const EXPECTATIONS: readonly (readonly [prefix: string, Expectation])[] = [
  ['charge.dispute.', expectDispute],
  ['charge.refunded', expectCharge],
  ['checkout.session.', expectSession],
  ['customer.subscription.', expectSubscription],
  ['customer.deleted', (raw, facts) => expectCustomer({ id: raw.id, deleted: true }, facts)],
  ['customer.', expectCustomer],
  ['invoice.payment_action_required', (raw, facts) => expectFailure('action_required', raw, facts)],
  ['invoice.payment_failed', (raw, facts) => expectFailure('payment_failed', raw, facts)],
  ['invoice.', expectInvoice],
  ['refund.', expectRefund],
]

const wrapLine = (line: Raw) => ({ id: 'in_1', object: 'invoice', lines: listOf([line]) })
const wrapItem = (item: Raw) => ({ id: 'sub_1', object: 'subscription', items: listOf([item]) })

/** How a bare object reaches the reader, and what is expected of it there. */
const OBJECTS: Readonly<
  Record<string, readonly [what: string, wrap: (raw: Raw) => unknown, expectation: Expectation]>
> = {
  charge: ['charge', (raw) => raw, expectCharge],
  'checkout.session': ['checkout_session', (raw) => raw, expectSession],
  customer: ['customer', (raw) => raw, expectCustomer],
  deleted_customer: ['customer', (raw) => raw, expectCustomer],
  dispute: ['dispute', (raw) => raw, expectDispute],
  invoice: ['invoice', (raw) => raw, expectInvoice],
  refund: ['refund', (raw) => raw, expectRefund],
  subscription: ['subscription', (raw) => raw, expectSubscription],
  invoice_payment: [
    'invoice_payments',
    (raw) => listOf([raw]),
    (raw, facts) => {
      const paymentIntent = raw.payment.payment_intent
      const states = factsOfKind('payment_link', facts).map(({ state }) => state)
      expect(states).toMatchObject(paymentIntent ? [{ invoice: raw.invoice, paymentIntent }] : [])
    },
  ],
  line_item: [
    'invoice',
    wrapLine,
    (raw, facts) => {
      const { lines } = only('invoice', facts).state
      expect(lines).toMatchObject([
        { id: raw.id, amount: raw.amount, periodEnd: raw.period.end, proration: true },
      ])
    },
  ],
  subscription_item: [
    'subscription',
    wrapItem,
    (raw, facts) => {
      const { items } = only('subscription', facts).state
      expect(items).toMatchObject([
        {
          id: raw.id,
          price: { id: raw.price.id },
          quantity: raw.quantity,
          periodEnd: raw.current_period_end,
        },
      ])
    },
  ],
  price: [
    'checkout_session_line_items',
    (raw) => listOf([{ id: 'li_1', price: raw, quantity: 1 }]),
    (raw, facts) => {
      const { items } = only('checkout_line_items', facts).state
      expect(items[0]?.price).toEqual({ id: raw.id, lookupKey: raw.lookup_key, product: raw.product })
    },
  ],
}

const snapshotOf = (what: string, body: unknown) =>
  readSnapshot(
    {
      type: `com.stripe.snapshot.${what}`,
      account: 'platform',
      livemode: false,
      askedAt: 1,
      id: 'snap_1',
      subject: 'cs_1',
    },
    JSON.stringify(body),
  )

describe('recorded payloads', () => {
  if (!present)
    it('are absent here, so only our own payloads are read', () => {
      process.stderr.write(`recorded Stripe payloads not found at ${FOLDER.pathname}: nothing to read\n`)
      expect(recorded).toEqual([])
    })

  for (const entry of events)
    it(`give what ${entry.file} says`, () => {
      const event = asEvent(entry)
      const raw = event.data.object
      const result = readStripeEventObject(event)
      const facts = factsOf(result)
      expect(objectIdOf(event)).toBe(raw.id ?? null)
      expect(partitionKeyOf(event)).toMatch(/^platform:(live|test):.+/)
      if (raw.customer) expect(partitionKeyOf(event).endsWith(`:${raw.customer}`)).toBe(true)
      if (!HANDLED_EVENT_TYPES.includes(entry.type)) {
        expect(entry.type).toBe('invoice.upcoming')
        expect(result).toMatchObject({ ok: true, handled: false, facts: [] })
        return
      }
      for (const { observed } of facts)
        expect(observed).toMatchObject({
          scope: { account: 'platform', livemode: event.livemode },
          at: event.created,
          eventId: event.id,
        })
      const [, expectation] = EXPECTATIONS.find(([prefix]) => entry.type.startsWith(prefix)) as [
        string,
        Expectation,
      ]
      expectation(raw, facts)
    })

  for (const entry of objects) {
    const kind = entry.type.slice('object.'.length)
    it(`give what ${entry.file} says`, () => {
      const raw = load(entry.file)
      const reading = OBJECTS[kind]
      if (reading !== undefined) {
        const [what, wrap, expectation] = reading
        expectation(raw, factsOf(snapshotOf(what, wrap(raw))))
      } else if (kind === 'payment_intent') {
        const facts = factsOf(readStripeEventObject(eventOf('payment_intent.succeeded', raw)))
        const charge = idIn(raw.latest_charge)
        expect(factsOfKind('payment_link', facts)).toHaveLength(
          charge === null && raw.customer === null ? 0 : 1,
        )
      } else if (kind === 'event') {
        expect(readStripeEventObject(raw)).toMatchObject({ ok: true, eventId: raw.id, handled: false })
      } else {
        expect(kind).toBe('discount')
        expect(readStripeEventObject(eventOf('customer.discount.created', raw))).toMatchObject({
          handled: false,
        })
      }
    })
  }
})
