import { readCharge } from './charge.ts'
import { checkoutSessionReader } from './checkout-session.ts'
import { readCustomer, readDeletedCustomer } from './customer.ts'
import { readDispute } from './dispute.ts'
import { readFraudWarning } from './fraud-warning.ts'
import { failedInvoiceReader, readInvoice } from './invoice.ts'
import { readInvoicePayment, readPaymentIntent } from './payment-link.ts'
import { readRefund } from './refund.ts'
import type { FactReader } from './sighting.ts'
import { readSubscription } from './subscription.ts'
import { readSubscriptionSchedule } from './subscription-schedule.ts'
import { readDeletedTestClock, readTestClock } from './test-clock.ts'

/**
 * Who reads which event. A Map, so that a type called `constructor` finds nothing.
 * `invoice.upcoming` is absent: a preview has no id and nothing has happened yet.
 */
const READERS: ReadonlyMap<string, FactReader> = new Map([
  ['charge.dispute.closed', readDispute],
  ['charge.dispute.created', readDispute],
  ['charge.dispute.funds_reinstated', readDispute],
  ['charge.dispute.funds_withdrawn', readDispute],
  ['charge.dispute.updated', readDispute],
  ['charge.refund.updated', readRefund],
  ['charge.refunded', readCharge],
  ['charge.succeeded', readCharge],
  ['charge.updated', readCharge],
  ['checkout.session.async_payment_failed', checkoutSessionReader('failed')],
  ['checkout.session.async_payment_succeeded', checkoutSessionReader('succeeded')],
  ['checkout.session.completed', checkoutSessionReader(null)],
  ['checkout.session.expired', checkoutSessionReader(null)],
  ['customer.created', readCustomer],
  ['customer.deleted', readDeletedCustomer],
  ['customer.subscription.created', readSubscription],
  ['customer.subscription.deleted', readSubscription],
  ['customer.subscription.paused', readSubscription],
  ['customer.subscription.pending_update_applied', readSubscription],
  ['customer.subscription.pending_update_expired', readSubscription],
  ['customer.subscription.resumed', readSubscription],
  ['customer.subscription.trial_will_end', readSubscription],
  ['customer.subscription.updated', readSubscription],
  ['customer.updated', readCustomer],
  ['invoice.created', readInvoice],
  ['invoice.finalization_failed', failedInvoiceReader('finalization_failed')],
  ['invoice.finalized', readInvoice],
  ['invoice.marked_uncollectible', readInvoice],
  ['invoice.overdue', failedInvoiceReader('overdue')],
  ['invoice.paid', readInvoice],
  ['invoice.payment_action_required', failedInvoiceReader('action_required')],
  ['invoice.payment_failed', failedInvoiceReader('payment_failed')],
  ['invoice.payment_succeeded', readInvoice],
  ['invoice.updated', readInvoice],
  ['invoice.voided', readInvoice],
  ['invoice_payment.paid', readInvoicePayment],
  ['payment_intent.succeeded', readPaymentIntent],
  ['radar.early_fraud_warning.created', readFraudWarning],
  ['radar.early_fraud_warning.updated', readFraudWarning],
  ['refund.created', readRefund],
  ['refund.failed', readRefund],
  ['refund.updated', readRefund],
  ['subscription_schedule.aborted', readSubscriptionSchedule],
  ['subscription_schedule.canceled', readSubscriptionSchedule],
  ['subscription_schedule.completed', readSubscriptionSchedule],
  ['subscription_schedule.created', readSubscriptionSchedule],
  ['subscription_schedule.expiring', readSubscriptionSchedule],
  ['subscription_schedule.released', readSubscriptionSchedule],
  ['subscription_schedule.updated', readSubscriptionSchedule],
  ['test_helpers.test_clock.advancing', readTestClock],
  ['test_helpers.test_clock.created', readTestClock],
  ['test_helpers.test_clock.deleted', readDeletedTestClock],
  ['test_helpers.test_clock.internal_failure', readTestClock],
  ['test_helpers.test_clock.ready', readTestClock],
])

/** The Stripe event types that give facts: what a webhook endpoint's `enabled_events` must contain. Sorted. */
export const HANDLED_EVENT_TYPES: readonly string[] = [...READERS.keys()].sort()

export const readerOfEvent = (type: string): FactReader | undefined => READERS.get(type)
