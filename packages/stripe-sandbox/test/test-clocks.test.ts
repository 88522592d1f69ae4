import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { allEvents, type SandboxUnderTest, startSandbox, stopAll } from './sandbox-under-test.ts'

afterEach(stopAll)

const START = Date.UTC(2026, 0, 31) / 1000
const DAY = 86_400

/** A customer on a clock of its own with a monthly subscription. */
const onClock = async (card = 'pm_card_visa', parts?: SandboxUnderTest) => {
  const running = parts ?? (await startSandbox())
  const { stripe } = running
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START, name: 'dunning' })
  const customer = await stripe.customers.create({
    email: 'ada@example.com',
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: 'price_pro_monthly' }],
  })
  if (card !== 'pm_card_visa') {
    const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  }
  const advance = async (to: number): Promise<Stripe.TestHelpers.TestClock> => {
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to })
    for (let tries = 0; tries < 200; tries += 1) {
      const now = await stripe.testHelpers.testClocks.retrieve(clock.id)
      if (now.status !== 'advancing') return now
    }
    throw new Error('The clock did not arrive.')
  }
  const current = () => stripe.subscriptions.retrieve(subscription.id)
  const latest = async () => stripe.invoices.retrieve(String((await current()).latest_invoice))
  return { ...running, clock, customer, subscription, advance, current, latest }
}

const RENEWAL = Date.UTC(2026, 1, 28) / 1000

describe('a test clock', () => {
  it('stamps the objects of its customers with its time, and names itself on them', async () => {
    const { clock, customer, subscription, latest } = await onClock()
    expect(customer).toMatchObject({ created: START, test_clock: clock.id })
    expect(subscription).toMatchObject({ created: START, test_clock: clock.id })
    expect(await latest()).toMatchObject({ created: START, test_clock: clock.id, status: 'paid' })
  })

  it('leaves the wall time on events, intents and charges, as Stripe does', async () => {
    const wall = Date.UTC(2026, 10, 1)
    const parts = await startSandbox({ clock: { now: () => wall } })
    const { stripe, customer } = await onClock('pm_card_visa', parts)
    for (const event of await allEvents(stripe)) expect(event.created).toBe(wall / 1000)
    const [intent] = (await stripe.paymentIntents.list({ customer: customer.id })).data
    expect(intent?.created).toBe(wall / 1000)
  })

  it('says when it sets out and when it has arrived', async () => {
    const { stripe, clock, advance } = await onClock()
    const asked = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START + DAY })
    expect(asked).toMatchObject({
      status: 'advancing',
      frozen_time: START,
      status_details: { advancing: { target_frozen_time: START + DAY } },
    })
    const arrived = await advance(START + 2 * DAY)
    expect(arrived).toMatchObject({ status: 'ready', frozen_time: START + 2 * DAY })
    const said = (await allEvents(stripe)).flatMap(({ type, data }) =>
      type.startsWith('test_helpers.')
        ? [[type, (data.object as Stripe.TestHelpers.TestClock).frozen_time]]
        : [],
    )
    expect(said).toEqual([
      ['test_helpers.test_clock.created', START],
      ['test_helpers.test_clock.advancing', START],
      ['test_helpers.test_clock.ready', START + DAY],
      ['test_helpers.test_clock.advancing', START + DAY],
      ['test_helpers.test_clock.ready', START + 2 * DAY],
    ])
  })

  it('goes forward only, by two intervals at most, and not while it is on its way', async () => {
    const { stripe, clock } = await onClock()
    const to = (frozen_time: number) => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time })
    await expect(to(START - 1)).rejects.toThrow('later time')
    await expect(to(START + 100 * DAY)).rejects.toThrow('two intervals')
  })

  it('renews at the end of the period: a draft for an hour, and then it is paid', async () => {
    const { advance, current, latest } = await onClock()
    await advance(RENEWAL)
    expect(await latest()).toMatchObject({
      status: 'draft',
      created: RENEWAL,
      automatically_finalizes_at: RENEWAL + 3600,
    })
    expect((await current()).items.data[0]?.current_period_end).toBe(Date.UTC(2026, 2, 31) / 1000)
    await advance(RENEWAL + 3600)
    expect(await latest()).toMatchObject({
      status: 'paid',
      status_transitions: { finalized_at: RENEWAL + 3600, paid_at: RENEWAL + 3600 },
    })
  })

  it('tries a failed renewal eight times in two weeks, and then does what the account wants', async () => {
    const { play, advance, current, latest } = await onClock('pm_card_chargeCustomerFail')
    await play('settings', { final_action: 'unpaid' })
    const failedAt = RENEWAL + 3600
    await advance(failedAt)
    expect(await latest()).toMatchObject({
      status: 'open',
      attempt_count: 1,
      next_payment_attempt: failedAt + DAY,
    })
    expect((await current()).status).toBe('past_due')
    await advance(failedAt + 13 * DAY)
    expect(await latest()).toMatchObject({ attempt_count: 7, next_payment_attempt: failedAt + 14 * DAY })
    await advance(failedAt + 14 * DAY)
    expect(await latest()).toMatchObject({ attempt_count: 8, next_payment_attempt: null, status: 'open' })
    expect((await current()).status).toBe('unpaid')
  })

  it.each([
    ['cancel', 'canceled'],
    ['past_due', 'past_due'],
    ['pause', 'paused'],
  ])('ends collection with %s: the subscription is %s', async (final_action, status) => {
    const { play, advance, current } = await onClock('pm_card_chargeCustomerFail')
    await play('settings', { final_action, retry_after_days: '3,5' })
    await advance(RENEWAL + 3600 + 8 * DAY)
    expect((await current()).status).toBe(status)
  })

  it('is healed by a payment in between', async () => {
    const { stripe, advance, current, latest } = await onClock('pm_card_chargeCustomerFail')
    await advance(RENEWAL + 5 * DAY)
    const paid = await stripe.invoices.pay(String((await latest()).id), { payment_method: 'pm_card_visa' })
    expect(paid.status_transitions.paid_at).toBe(RENEWAL + 5 * DAY)
    await advance(RENEWAL + 20 * DAY)
    expect((await current()).status).toBe('active')
  })

  it('plays trials, planned ends and overdue invoices at their own times', async () => {
    const { stripe, clock, customer, advance } = await onClock()
    const trial = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: 'price_starter_monthly' }],
      trial_period_days: 10,
    })
    const leaving = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: 'price_starter_monthly' }],
      cancel_at: START + 5 * DAY,
    })
    const mailed = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: 'price_starter_monthly' }],
      collection_method: 'send_invoice',
      days_until_due: 6,
    })
    await advance(START + 12 * DAY)
    expect((await stripe.subscriptions.retrieve(trial.id)).status).toBe('active')
    expect(await stripe.subscriptions.retrieve(leaving.id)).toMatchObject({
      status: 'canceled',
      ended_at: START + 5 * DAY,
    })
    expect((await stripe.subscriptions.retrieve(mailed.id)).status).toBe('past_due')
    const types = (await allEvents(stripe)).map(({ type }) => type)
    expect(types).toContain('customer.subscription.trial_will_end')
    expect(types.filter((type) => type === 'invoice.overdue')).toHaveLength(1)
    expect((await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe('ready')
  })

  it('goes on where it was when the sandbox stops on its way, and does nothing twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-clock-'))
    try {
      const first = await startSandbox({ data: folder })
      const { clock, subscription } = await onClock('pm_card_visa', first)
      await first.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: RENEWAL + 3600 })
      // Stopped before the timer in which time passes.
      await first.sandbox.stop()
      const second = await startSandbox({ data: folder })
      expect(await second.stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
        status: 'ready',
        frozen_time: RENEWAL + 3600,
      })
      const { data } = await second.stripe.invoices.list({ subscription: subscription.id })
      expect(data.map(({ status, billing_reason }) => [status, billing_reason])).toEqual([
        ['paid', 'subscription_cycle'],
        ['paid', 'subscription_create'],
      ])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('takes its customers along when it is deleted', async () => {
    const { stripe, clock, customer } = await onClock()
    await stripe.testHelpers.testClocks.del(clock.id)
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
    await expect(stripe.testHelpers.testClocks.retrieve(clock.id)).rejects.toThrow('No such')
  })
})
