import { RANK } from '../facts/facts.ts'
import { SNAPSHOT_TYPE_PREFIX } from '../records/headers.ts'
import { readCharge } from './charge.ts'
import { checkoutLineItems } from './checkout-line-items.ts'
import { checkoutSessionReader } from './checkout-session.ts'
import { readCustomer } from './customer.ts'
import { readDispute } from './dispute.ts'
import { readInvoice } from './invoice.ts'
import { asId, asInstant, asObject, parseJson } from './json.ts'
import { isMalformed } from './malformed.ts'
import { readInvoicePayments } from './payment-link.ts'
import { problem, type ReadResult, readSighting } from './read-result.ts'
import { readRefund } from './refund.ts'
import { type FactReader, factOf } from './sighting.ts'
import { readSubscription } from './subscription.ts'
import { readSubscriptionSchedule } from './subscription-schedule.ts'
import { readTestClock } from './test-clock.ts'

/** What the headers of a `stripe.snapshots` record say. */
export interface SnapshotHead {
  /** `com.stripe.snapshot.<what>` */
  readonly type: string
  /** `acct_…` or `platform`. */
  readonly account: string
  readonly livemode: boolean
  /** Unix seconds: Stripe's clock when it answered. */
  readonly askedAt: number
  /** Id of the snapshot. */
  readonly id: string
  /** Id of the object that was asked about (a list does not say whose it is). */
  readonly subject: string
}

const lineItemsReader =
  (session: string): FactReader =>
  ({ object, observed }) => {
    const state = checkoutLineItems(object, session)
    return isMalformed(state) ? state : [factOf('checkout_line_items', observed, state)]
  }

const READERS: ReadonlyMap<string, FactReader> = new Map([
  ['charge', readCharge],
  ['checkout_session', checkoutSessionReader(null)],
  ['customer', readCustomer],
  ['dispute', readDispute],
  ['invoice', readInvoice],
  ['invoice_payments', readInvoicePayments],
  ['refund', readRefund],
  ['subscription', readSubscription],
  ['subscription_schedule', readSubscriptionSchedule],
  ['test_clock', readTestClock],
])

const readerOfSnapshot = (type: string, subject: string): FactReader | undefined => {
  if (!type.startsWith(SNAPSHOT_TYPE_PREFIX)) return undefined
  const what = type.slice(SNAPSHOT_TYPE_PREFIX.length)
  return what === 'checkout_session_line_items' ? lineItemsReader(subject) : READERS.get(what)
}

/**
 * Facts of one answer of Stripe's API, as `stripe.snapshots` keeps it. Total like `readStripeEvent`. A snapshot
 * stands after every event of its second.
 */
export const readSnapshot = (head: SnapshotHead, body: string | Uint8Array): ReadResult => {
  const eventId = asId(head.id)
  const subject = asId(head.subject)
  const at = asInstant(head.askedAt)
  const account = asId(head.account)
  if (eventId === null || subject === null || at === null || account === null)
    return problem('not_an_event', 'the headers of the snapshot are incomplete')
  const reader = readerOfSnapshot(head.type, subject)
  if (reader === undefined) return { ok: true, eventId, type: head.type, facts: [], handled: false }
  const answer = parseJson(body)
  if (answer === undefined) return problem('not_json', 'the body is not JSON in UTF-8')
  const object = asObject(answer)
  if (object === null) return problem('malformed_object', 'the answer is no object')
  const observed = { scope: { account, livemode: head.livemode }, at, rank: RANK.snapshot, eventId }
  return readSighting(eventId, head.type, reader, { object, was: null, observed })
}
