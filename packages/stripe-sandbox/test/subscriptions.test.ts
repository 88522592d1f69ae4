import { afterEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { allEvents, startSandbox, stopAll, subscribe } from './sandbox-under-test.ts'

afterEach(stopAll)

const setUp = async (price?: string, card?: string) => {
  const parts = await startSandbox()
  const { customer, subscription } = await subscribe(parts.stripe, price, card)
  const before = (await allEvents(parts.stripe)).length
  return {
    ...parts,
    customer,
    subscription,
    /** Events of the test itself, oldest first. */
    happened: async () => (await allEvents(parts.stripe)).slice(before),
  }
}

const only = (events: readonly Stripe.Event[], type: string): Stripe.Event => {
  const found = events.filter((event) => event.type === type)
  if (found.length !== 1) throw new Error(`${found.length} events of type ${type}`)
  return found[0] as Stripe.Event
}

const objectOf = <T>(event: Stripe.Event): T => event.data.object as T

const itemOf = (subscription: Stripe.Subscription): Stripe.SubscriptionItem =>
  subscription.items.data[0] as Stripe.SubscriptionItem

describe('a renewal', () => {
  it('moves the period on by one interval and bills it', async () => {
    const { stripe, play, subscription, happened } = await setUp()
    await play(`subscriptions/${subscription.id}/renew`)
    const renewed = await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
    expect(itemOf(renewed).current_period_start).toBe(itemOf(subscription).current_period_end)
    expect(renewed.latest_invoice).toMatchObject({ status: 'paid', billing_reason: 'subscription_cycle' })
    const events = await happened()
    const updated = only(events, 'customer.subscription.updated')
    expect(updated.data.previous_attributes).toEqual({
      items: {
        data: [expect.objectContaining({ current_period_end: itemOf(subscription).current_period_end })],
      },
      latest_invoice: subscription.latest_invoice,
    })
    expect(objectOf<Stripe.Invoice>(only(events, 'invoice.paid')).lines.data[0]?.period).toEqual({
      start: itemOf(renewed).current_period_start,
      end: itemOf(renewed).current_period_end,
    })
  })

  it('that cannot be paid leaves the subscription past due, with a next attempt', async () => {
    const { stripe, play, subscription, happened } = await setUp()
    await play(`subscriptions/${subscription.id}/renew`, { outcome: 'fail' })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
    const events = await happened()
    const failed = objectOf<Stripe.Invoice>(only(events, 'invoice.payment_failed'))
    expect(failed).toMatchObject({ status: 'open', attempt_count: 1, attempted: true })
    expect(failed.next_payment_attempt).toBeGreaterThan(failed.created)
    expect(failed.parent?.subscription_details?.subscription).toBe(subscription.id)
    const last = events.filter(({ type }) => type === 'customer.subscription.updated').at(-1)
    expect(last?.data.previous_attributes).toEqual({ status: 'active' })
    expect(events.map(({ type }) => type)).toContain('charge.failed')
  })

  it('counts each automatic try, and has no next one after the eighth', async () => {
    const { stripe, play, subscription } = await setUp()
    const { body } = await play(`subscriptions/${subscription.id}/renew`, { outcome: 'fail' })
    for (let attempt = 2; attempt <= 8; attempt += 1)
      await play(`invoices/${body.latest_invoice}/attempt`, { outcome: 'fail' })
    const invoice = await stripe.invoices.retrieve(body.latest_invoice)
    expect(invoice).toMatchObject({ attempt_count: 8, next_payment_attempt: null })
  })

  it('is healed by a later payment of the invoice', async () => {
    const { stripe, play, subscription, happened } = await setUp()
    const { body } = await play(`subscriptions/${subscription.id}/renew`, { outcome: 'fail' })
    const paid = await stripe.invoices.pay(body.latest_invoice)
    expect(paid).toMatchObject({ status: 'paid', attempt_count: 1 })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    const last = (await happened()).filter(({ type }) => type === 'customer.subscription.updated').at(-1)
    expect(last?.data.previous_attributes).toEqual({ status: 'past_due' })
  })

  it('that the bank wants to confirm asks for action and waits', async () => {
    const { stripe, play, subscription, happened } = await setUp()
    const { body } = await play(`subscriptions/${subscription.id}/renew`, { outcome: 'action_required' })
    expect(only(await happened(), 'invoice.payment_action_required')).toBeDefined()
    const [payment] = (await stripe.invoicePayments.list({ invoice: body.latest_invoice })).data
    await play(`payment_intents/${payment?.payment.payment_intent}/settle`, { outcome: 'succeed' })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    expect((await stripe.invoices.retrieve(body.latest_invoice)).status).toBe('paid')
  })

  it('makes a draft, an uncollectible or a void invoice while collection is paused', async () => {
    const { stripe, play, subscription } = await setUp()
    const outcomes = { keep_as_draft: 'draft', mark_uncollectible: 'uncollectible', void: 'void' } as const
    for (const behavior of ['keep_as_draft', 'mark_uncollectible', 'void'] as const) {
      await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior } })
      const { body } = await play(`subscriptions/${subscription.id}/renew`)
      expect(body.status).toBe('active')
      expect((await stripe.invoices.retrieve(body.latest_invoice)).status).toBe(outcomes[behavior])
    }
  })

  it('ends a subscription that was to end with the period', async () => {
    const { stripe, play, subscription, happened } = await setUp()
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    await play(`subscriptions/${subscription.id}/renew`)
    const deleted = objectOf<Stripe.Subscription>(only(await happened(), 'customer.subscription.deleted'))
    expect(deleted).toMatchObject({ status: 'canceled', cancel_at_period_end: true })
    expect(deleted.cancellation_details?.reason).toBe('cancellation_requested')
  })

  it('that failed for good cancels, leaves unpaid or pauses, as the account wants', async () => {
    const { stripe, play, subscription, customer } = await setUp()
    const second = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: 'price_starter_monthly' }],
    })
    await play(`subscriptions/${subscription.id}/renew`, { outcome: 'fail' })
    await play(`subscriptions/${subscription.id}/give_up`, { action: 'unpaid' })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('unpaid')
    await play(`subscriptions/${second.id}/give_up`, { action: 'cancel' })
    const canceled = await stripe.subscriptions.retrieve(second.id)
    expect(canceled.status).toBe('canceled')
    expect(canceled.cancellation_details?.reason).toBe('payment_failed')
  })
})

describe('a change of plan', () => {
  const upgrade = (
    stripe: Stripe,
    subscription: Stripe.Subscription,
    more: Stripe.SubscriptionUpdateParams,
  ) =>
    stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, price: 'price_business_monthly' }],
      ...more,
    })

  it('tells the whole item as it was before, under the same item id', async () => {
    const { stripe, subscription, happened } = await setUp()
    const updated = await upgrade(stripe, subscription, { proration_behavior: 'none' })
    expect(itemOf(updated)).toMatchObject({
      id: itemOf(subscription).id,
      price: { id: 'price_business_monthly' },
    })
    const event = only(await happened(), 'customer.subscription.updated')
    const previous = event.data.previous_attributes as { items: { data: Stripe.SubscriptionItem[] } }
    expect(previous.items.data).toEqual([JSON.parse(JSON.stringify(itemOf(subscription)))])
    expect(Object.keys(previous).sort()).toEqual(['items', 'plan'])
  })

  it('waits with the difference for the next invoice', async () => {
    const { stripe, play, subscription, happened } = await setUp()
    await upgrade(stripe, subscription, {})
    expect((await happened()).map(({ type }) => type)).toEqual([
      'invoiceitem.created',
      'invoiceitem.created',
      'customer.subscription.updated',
    ])
    const { body } = await play(`subscriptions/${subscription.id}/renew`)
    const invoice = await stripe.invoices.retrieve(body.latest_invoice)
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-2_900, 9_900, 9_900])
    expect(invoice.lines.data.map(({ parent }) => parent?.subscription_item_details?.proration)).toEqual([
      true,
      true,
      false,
    ])
    expect((await stripe.invoiceItems.list({ pending: true })).data).toEqual([])
  })

  it('is settled at once when that is asked for', async () => {
    const { stripe, subscription } = await setUp()
    const updated = await upgrade(stripe, subscription, {
      proration_behavior: 'always_invoice',
      expand: ['latest_invoice'],
    })
    expect(updated.latest_invoice).toMatchObject({
      status: 'paid',
      billing_reason: 'subscription_update',
      total: 7_000,
    })
  })

  it('turns what is left over into credit, which pays the next invoice', async () => {
    const { stripe, play, subscription, customer } = await setUp('price_business_monthly')
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, price: 'price_starter_monthly' }],
      proration_behavior: 'always_invoice',
    })
    expect(await stripe.invoices.retrieve(String(updated.latest_invoice))).toMatchObject({
      amount_due: 0,
      ending_balance: -9_000,
      status: 'paid',
    })
    const { body } = await play(`subscriptions/${subscription.id}/renew`)
    expect(await stripe.invoices.retrieve(body.latest_invoice)).toMatchObject({ total: 900, amount_due: 0 })
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -8_100 })
  })

  it('to another interval starts a new period now', async () => {
    const { stripe, subscription } = await setUp()
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, price: 'price_pro_annual' }],
      expand: ['latest_invoice'],
    })
    expect(itemOf(updated).current_period_end - itemOf(updated).current_period_start).toBeGreaterThan(
      364 * 86_400,
    )
    expect(updated.latest_invoice).toMatchObject({ status: 'paid', total: 26_100 })
  })

  it('can add, change and remove items, but not the last', async () => {
    const { stripe, subscription } = await setUp()
    const two = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, quantity: 3 }, { price: 'price_starter_monthly' }],
    })
    expect(two.items.data.map(({ price, quantity }) => [price.id, quantity])).toEqual([
      ['price_pro_monthly', 3],
      ['price_starter_monthly', 1],
    ])
    const one = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, deleted: true }],
    })
    expect(one.items.data.map(({ price }) => price.id)).toEqual(['price_starter_monthly'])
    await expect(
      stripe.subscriptions.update(subscription.id, { items: [{ id: itemOf(one).id, deleted: true }] }),
    ).rejects.toMatchObject({ statusCode: 400 })
  })
})

describe('the end of a subscription', () => {
  it('can be planned and taken back', async () => {
    const { stripe, subscription, happened } = await setUp()
    const planned = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    expect(planned).toMatchObject({ status: 'active', cancel_at: itemOf(subscription).current_period_end })
    const kept = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false })
    expect(kept).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null })
    expect((await happened()).map(({ type }) => type)).toEqual([
      'customer.subscription.updated',
      'customer.subscription.updated',
    ])
  })

  it('comes at once when it is canceled, and is final', async () => {
    const { stripe, subscription, happened } = await setUp()
    const canceled = await stripe.subscriptions.cancel(subscription.id, {
      cancellation_details: { comment: 'no longer needed' },
    })
    expect(canceled.status).toBe('canceled')
    expect(canceled.ended_at).not.toBeNull()
    expect(only(await happened(), 'customer.subscription.deleted').data.previous_attributes).toBeUndefined()
    await expect(stripe.subscriptions.cancel(subscription.id)).rejects.toMatchObject({ statusCode: 400 })
    expect((await stripe.subscriptions.list()).data).toEqual([])
    expect((await stripe.subscriptions.list({ status: 'all' })).data).toHaveLength(1)
  })

  it('comes with the end of the customer', async () => {
    const { stripe, customer, subscription, happened } = await setUp()
    await stripe.customers.del(customer.id)
    expect((await happened()).map(({ type }) => type)).toEqual([
      'customer.subscription.deleted',
      'customer.deleted',
    ])
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
  })
})

describe('a trial', () => {
  const trial = async (pm?: string) => {
    const parts = await startSandbox()
    const customer = await parts.stripe.customers.create(
      pm === undefined ? {} : { payment_method: pm, invoice_settings: { default_payment_method: pm } },
    )
    const subscription = await parts.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: 'price_pro_monthly' }],
      trial_period_days: 2,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    })
    return { ...parts, customer, subscription }
  }

  it('says at once when it ends within three days', async () => {
    const { stripe, subscription } = await trial()
    expect(subscription.status).toBe('trialing')
    expect((await allEvents(stripe)).map(({ type }) => type)).toContain(
      'customer.subscription.trial_will_end',
    )
  })

  it('without a card ends in a pause, and a card brings it back', async () => {
    const { stripe, customer, subscription } = await trial()
    const paused = await stripe.subscriptions.update(subscription.id, { trial_end: 'now' })
    expect(paused).toMatchObject({
      status: 'paused',
      status_details: { paused: { subscription: { type: 'trial_end_without_payment_method' } } },
    })
    await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    expect((await stripe.subscriptions.resume(subscription.id)).status).toBe('active')
    const types = (await allEvents(stripe)).map(({ type }) => type)
    expect(types).toEqual(
      expect.arrayContaining(['customer.subscription.paused', 'customer.subscription.resumed']),
    )
  })

  it('with a card ends in the first paid period', async () => {
    const { stripe, play, subscription } = await trial('pm_card_visa')
    await play(`subscriptions/${subscription.id}/renew`)
    const active = await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
    expect(active).toMatchObject({ status: 'active', latest_invoice: { status: 'paid', total: 2_900 } })
  })
})

describe('a first payment that fails', () => {
  it('leaves the subscription incomplete, and a later payment starts it', async () => {
    const { stripe, subscription } = await setUp('price_pro_monthly', 'pm_card_chargeCustomerFail')
    expect(subscription.status).toBe('incomplete')
    await stripe.invoices.pay(String(subscription.latest_invoice), { payment_method: 'pm_card_visa' })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
  })

  it('is answered as a card error, with nothing left behind, when that is asked for', async () => {
    const { stripe } = await startSandbox()
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_chargeCustomerFail',
      invoice_settings: { default_payment_method: 'pm_card_chargeCustomerFail' },
    })
    await expect(
      stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: 'price_pro_monthly' }],
        payment_behavior: 'error_if_incomplete',
      }),
    ).rejects.toMatchObject({ type: 'StripeCardError', code: 'card_declined' })
    expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
    expect((await stripe.invoices.list()).data).toEqual([])
  })
})
