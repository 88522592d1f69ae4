import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack, waitUntil } from '@keyflow/devstack'
import type Stripe from 'stripe'
import type { Shop } from './shop.ts'
import { startWorld, type World } from './world.ts'

const BUYERS = 20

let world: World
beforeAll(async () => {
  world = await startWorld({ ...(await sharedStack()), partitions: 3 })
}, 120_000)
afterAll(async () => {
  await world?.stop()
}, 60_000)

const buyers = (label: string): readonly string[] =>
  Array.from({ length: BUYERS }, (_, at) => `${label}-${at}@example.com`)

/** What happens to a subscription right after it was bought, mostly within the same second. */
const CHANGES: readonly ((shop: Shop, subscription: string) => Promise<void>)[] = [
  async () => {},
  (shop, id) => shop.changePlan(id, 'price_business_monthly'),
  async (shop, id) => {
    await shop.changePlan(id, 'price_business_monthly')
    await shop.changePlan(id, 'price_starter_monthly')
  },
  (shop, id) => shop.pause(id),
  async (shop, id) => {
    await shop.pause(id)
    await shop.changePlan(id, 'price_business_annual')
    await shop.resume(id)
  },
  (shop, id) => shop.cancelAtPeriodEnd(id),
  async (shop, id) => {
    await shop.changePlan(id, 'price_business_monthly')
    await shop.cancel(id)
  },
]

/** What a key must say if the subscription is as Stripe has it. */
const expectedOf = ({ status, pause_collection, cancel_at_period_end, items }: Stripe.Subscription) => {
  const tier = /^price_(\w+)_/.exec(items.data[0]?.price.id ?? '')?.[1]
  const code = status === 'canceled' ? 'REVOKED' : pause_collection === null ? 'VALID' : 'SUSPENDED'
  const warnings = cancel_at_period_end && code === 'VALID' ? ['CANCEL_SCHEDULED'] : []
  return { code, valid: code === 'VALID', warnings, license: { tier } }
}

describe('webhooks that come twice, late and in disorder', () => {
  it('leave every buyer with one key, and every license as its subscription is at Stripe', async () => {
    const { shop, mailbox, audit } = world
    await shop.setFaults({ duplicate_rate: 0.4, reorder_window: 7, delay_ms: 30 })
    const bought = new Map<string, string>()
    for (const [at, email] of buyers('weather').entries()) {
      const { subscription } = await shop.buy(email, 'price_pro_monthly')
      bought.set(email, subscription)
      await CHANGES[at % CHANGES.length]?.(shop, subscription)
    }
    await world.untilQuiet()
    await shop.setFaults({ duplicate_rate: 0, reorder_window: 0, delay_ms: 0 })

    expect(await world.processed('licensing', 'duplicate')).toBeGreaterThan(BUYERS)
    expect(bought.size).toBe(BUYERS)
    for (const [email, subscription] of bought) {
      const keys = mailbox.keysTo(email)
      expect({ email, keys: keys.length }).toEqual({ email, keys: 1 })
      const atStripe = await shop.stripe.subscriptions.retrieve(subscription)
      expect(await world.validate(String(keys[0]))).toMatchObject(expectedOf(atStripe))
      expect(await audit.licenses(subscription)).toHaveLength(1)
    }
    expect(await audit.deadLetters()).toBe(0)
  }, 90_000)
})

describe('licensing that is killed while twenty buyers pay, and started again', () => {
  it('leaves each of them with one license and one mail with its key', async () => {
    const { shop, mailbox, audit } = world
    const mailed = () => buyers('killed').filter((email) => mailbox.keysTo(email).length > 0).length
    const bought = new Map<string, string>()
    const buying = (async () => {
      for (const email of buyers('killed'))
        bought.set(email, (await shop.buy(email, 'price_starter_monthly')).subscription)
    })()
    await waitUntil(() => mailed() >= 4, { what: 'the first keys', deadlineMs: 30_000, everyMs: 1 })
    expect(await world.service('licensing').kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    const atDeath = mailed()
    await buying
    await world.start('licensing')
    await world.untilQuiet()

    expect(atDeath).toBeLessThan(BUYERS)
    expect(bought.size).toBe(BUYERS)
    for (const [email, subscription] of bought) {
      const keys = mailbox.keysTo(email)
      const licenses = await audit.licenses(subscription)
      const mails = mailbox.mailsTo(email).length
      const left = { email, keys: keys.length, mails, licenses: licenses.length }
      expect(left).toEqual({ email, keys: 1, mails: 1, licenses: 1 })
      expect(await world.validate(String(keys[0]))).toMatchObject({
        valid: true,
        license: { tier: 'starter' },
      })
    }
    expect(await audit.deadLetters()).toBe(0)
  }, 90_000)
})
