import { afterEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { allEvents, startSandbox, stopAll, subscribe } from './sandbox-under-test.ts'

afterEach(stopAll)

const pay = (stripe: Stripe, payment_method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ amount: 1_000, currency: 'usd', payment_method, confirm: true, ...more })

const typesOf = async (stripe: Stripe): Promise<string[]> => (await allEvents(stripe)).map(({ type }) => type)

describe('a payment', () => {
  it('that succeeds leaves a paid charge', async () => {
    const { stripe } = await startSandbox()
    const intent = await pay(stripe, 'pm_card_visa', { expand: ['latest_charge'] })
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 1_000,
      latest_charge: { status: 'succeeded', paid: true, customer: null },
    })
    expect(await typesOf(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ])
  })

  it('that is declined says why, and what was tried stays visible', async () => {
    const { stripe } = await startSandbox()
    await expect(pay(stripe, 'pm_card_chargeDeclinedInsufficientFunds')).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    })
    expect(await typesOf(stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])
    const [intent] = (await stripe.paymentIntents.list()).data
    expect(intent).toMatchObject({ status: 'requires_payment_method', payment_method: null })
    expect(intent?.last_payment_error?.decline_code).toBe('insufficient_funds')
  })

  it('that the bank asks about waits, and a second confirmation with another card pays', async () => {
    const { stripe } = await startSandbox()
    const waiting = await pay(stripe, 'pm_card_threeDSecure2Required')
    expect(waiting.status).toBe('requires_action')
    const paid = await stripe.paymentIntents.confirm(waiting.id, { payment_method: 'pm_card_visa' })
    expect(paid.status).toBe('succeeded')
    await expect(stripe.paymentIntents.confirm(paid.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
  })

  it('with a card that was declined cannot be attached for later either', async () => {
    const { stripe } = await startSandbox()
    const { id: customer } = await stripe.customers.create()
    await expect(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer })).rejects.toMatchObject({
      type: 'StripeCardError',
    })
    expect((await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })).customer).toBe(
      customer,
    )
  })
})

describe('a refund', () => {
  it('adds up on the charge, which is refunded only when nothing is left', async () => {
    const { stripe } = await startSandbox()
    const intent = await pay(stripe, 'pm_card_visa')
    await stripe.refunds.create({ payment_intent: intent.id, amount: 300, reason: 'requested_by_customer' })
    const charge = await stripe.charges.retrieve(String(intent.latest_charge), { expand: ['refunds'] })
    expect(charge).toMatchObject({ amount_refunded: 300, refunded: false })
    expect(charge.refunds?.data).toMatchObject([{ amount: 300, reason: 'requested_by_customer' }])
    await stripe.refunds.create({ charge: charge.id })
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 1_000, refunded: true })
    const refunded = (await allEvents(stripe)).filter(({ type }) => type === 'charge.refunded')
    expect(refunded.map(({ data }) => data.previous_attributes)).toEqual([
      { amount_refunded: 0 },
      { amount_refunded: 300, refunded: false },
    ])
  })

  it('of more than is left is refused', async () => {
    const { stripe } = await startSandbox()
    const intent = await pay(stripe, 'pm_card_visa')
    await expect(stripe.refunds.create({ payment_intent: intent.id, amount: 1_001 })).rejects.toMatchObject({
      param: 'amount',
    })
    await stripe.refunds.create({ payment_intent: intent.id })
    await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    })
  })

  it('of a subscription payment leads back to its invoice through the invoice payments', async () => {
    const { stripe } = await startSandbox()
    const { customer, subscription } = await subscribe(stripe)
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data
    await stripe.refunds.create({ charge: String(charge?.id) })
    const { data } = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: String(charge?.payment_intent) },
    })
    expect(data).toMatchObject([{ invoice: subscription.latest_invoice, status: 'paid' }])
  })
})

describe('a dispute', () => {
  const disputed = async (card: string) => {
    const { stripe } = await startSandbox()
    const intent = await pay(stripe, card)
    const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data
    if (dispute === undefined) throw new Error('No dispute')
    return { stripe, intent, dispute }
  }

  it('withdraws the money, and is lost when it is closed', async () => {
    const { stripe, dispute } = await disputed('pm_card_createDispute')
    expect(dispute).toMatchObject({ status: 'needs_response', reason: 'fraudulent', amount: 1_000 })
    expect((await stripe.charges.retrieve(String(dispute.charge))).disputed).toBe(true)
    expect((await stripe.disputes.close(dispute.id)).status).toBe('lost')
    expect((await typesOf(stripe)).filter((type) => type.includes('dispute'))).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ])
  })

  it('that is an inquiry moves no money', async () => {
    const { stripe, dispute } = await disputed('pm_card_createDisputeInquiry')
    expect(dispute.status).toBe('warning_needs_response')
    expect((await stripe.disputes.close(dispute.id)).status).toBe('warning_closed')
    expect(await typesOf(stripe)).not.toContain('charge.dispute.funds_withdrawn')
  })

  it('is won with the evidence that wins, and the money comes back', async () => {
    const { stripe, dispute } = await disputed('pm_card_createDispute')
    const won = await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: 'winning_evidence' },
    })
    expect(won.status).toBe('won')
    const closed = (await allEvents(stripe)).find(({ type }) => type === 'charge.dispute.closed')
    expect(closed?.data.previous_attributes).toMatchObject({ status: 'under_review' })
    expect(await typesOf(stripe)).toContain('charge.dispute.funds_reinstated')
    await expect(stripe.disputes.close(dispute.id)).rejects.toMatchObject({ statusCode: 400 })
  })
})

describe('an invoice made by hand', () => {
  const drafted = async () => {
    const parts = await startSandbox()
    const customer = await parts.stripe.customers.create({ email: 'ada@example.com' })
    await parts.stripe.invoiceItems.create({ customer: customer.id, amount: 2_000, currency: 'usd' })
    const invoice = await parts.stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
    })
    return { ...parts, customer, invoice }
  }

  it('belongs to no subscription', async () => {
    const { invoice } = await drafted()
    expect(invoice).toMatchObject({ status: 'draft', parent: null, billing_reason: 'manual', total: 2_000 })
    expect(invoice.lines.data[0]?.parent?.type).toBe('invoice_item_details')
  })

  it('needs a card to be paid', async () => {
    const { stripe, customer, invoice } = await drafted()
    await expect(stripe.invoices.pay(invoice.id)).rejects.toMatchObject({ code: 'resource_missing' })
    await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    expect(await stripe.invoices.pay(invoice.id)).toMatchObject({ status: 'paid', attempt_count: 1 })
    await expect(stripe.invoices.pay(invoice.id)).rejects.toMatchObject({ code: 'invoice_already_paid' })
  })

  it('paid out of band is paid without a payment', async () => {
    const { stripe, invoice } = await drafted()
    await stripe.invoices.finalizeInvoice(invoice.id)
    await stripe.invoices.pay(invoice.id, { paid_out_of_band: true })
    const types = await typesOf(stripe)
    expect(types).toContain('invoice.paid')
    expect(types).not.toContain('invoice.payment_succeeded')
  })

  it('can be voided or written off only while it is open', async () => {
    const { stripe, invoice } = await drafted()
    await expect(stripe.invoices.voidInvoice(invoice.id)).rejects.toMatchObject({ statusCode: 400 })
    await stripe.invoices.finalizeInvoice(invoice.id)
    expect((await stripe.invoices.markUncollectible(invoice.id)).status).toBe('uncollectible')
    expect((await stripe.invoices.voidInvoice(invoice.id)).status).toBe('void')
    expect(await typesOf(stripe)).toEqual(
      expect.arrayContaining(['invoice.marked_uncollectible', 'invoice.voided']),
    )
  })
})
