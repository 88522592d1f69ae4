import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { LicenseResponse } from '@keyflow/contracts'
import { createSandbox } from '@keyflow/stripe-sandbox'
import Stripe from 'stripe'
import type { StripeEvent } from './history/stripe-account.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const API_KEY = 'sk_test_licensingClocks'
const DAY = 86_400
/** Years ahead of the wall: read by that, nothing would ever end. */
const START = Date.UTC(2041, 0, 1) / 1000

const sandbox = createSandbox({ port: 0 })
let stripe: Stripe
let licensing: RunningLicensing
beforeAll(async () => {
  const { url } = await sandbox.start()
  stripe = new Stripe(API_KEY, {
    host: '127.0.0.1',
    port: new URL(url).port,
    protocol: 'http',
    telemetry: false,
  })
  licensing = await runLicensing({ CATALOG_FILE: '', STRIPE_API_KEY: API_KEY, STRIPE_API_BASE: url })
  await licensing.start()
}, 60_000)
afterAll(async () => {
  await licensing?.stop()
  await sandbox.stop()
}, 30_000)

const subscribe = async (): Promise<{ readonly clock: string; readonly subscription: string }> => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START })
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: 'price_pro_monthly' }],
  })
  return { clock: clock.id, subscription: id }
}

/** Everything that happened, but for what test clocks say of themselves. */
const eventsWithoutClocks = async (): Promise<readonly StripeEvent[]> => {
  const events: Stripe.Event[] = []
  for await (const event of stripe.events.list({ limit: 100 })) events.push(event)
  return events
    .reverse()
    .filter(({ type }) => !type.startsWith('test_helpers.')) as unknown as readonly StripeEvent[]
}

const tick = (clock: string, frozen_time: number, livemode: boolean): Promise<void> =>
  licensing.publishRaw(
    clock,
    JSON.stringify({
      id: `evt_${clock}_${frozen_time}_${livemode}`,
      object: 'event',
      type: 'test_helpers.test_clock.ready',
      created: Math.floor(Date.now() / 1000),
      livemode,
      data: { object: { id: clock, object: 'test_helpers.test_clock', frozen_time, status: 'ready' } },
    }),
  )

const licenseOf = async (subscription: string): Promise<LicenseResponse> => {
  const row = await licensing.store.db
    .collection<{ _id: string }>('licenses')
    .findOne({ 'origin.subscription': subscription })
  const answer = await fetch(`${licensing.api}/api/v1/licenses/${row?._id}`, {
    headers: { authorization: `Bearer ${licensing.env.OPERATOR_TOKEN}` },
  })
  return (await answer.json()) as LicenseResponse
}

const timeOf = async (clock: string): Promise<number | undefined> => {
  const row = await licensing.store.db
    .collection<{ _id: string; now?: number }>('clocks')
    .findOne({ _id: `platform:test:${clock}` })
  return row?.now
}

describe('a license on a test clock', () => {
  it('lives on that clock’s time, asks where it stands when nobody told, and is not moved by what claims to be live', async () => {
    const { clock, subscription } = await subscribe()
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: START + 20 * DAY })
    await licensing.publish(await eventsWithoutClocks())
    await until('the license is issued', async () =>
      licensing.events().some((event) => event.subscription === subscription),
    )
    expect(await licenseOf(subscription)).toMatchObject({ status: 'active', tier: 'pro' })
    await until(
      'Stripe was asked how far the clock is',
      async () => (await timeOf(clock)) === START + 20 * DAY,
    )

    await tick(clock, START + 400 * DAY, true)
    await tick(clock, START + 21 * DAY, false)
    await until('the clock has moved', async () => (await timeOf(clock)) === START + 21 * DAY)
    expect((await licenseOf(subscription)).status).toBe('active')

    await tick(clock, START + 60 * DAY, false)
    await until(
      'the license has ended on its clock',
      async () => (await licenseOf(subscription)).status === 'expired',
    )
    // Told late: a clock never goes back.
    await tick(clock, START + 22 * DAY, false)
    await tick(clock, START + 61 * DAY, false)
    await until('both were folded', async () => (await timeOf(clock)) === START + 61 * DAY)
    expect((await licenseOf(subscription)).status).toBe('expired')
  }, 60_000)
})
