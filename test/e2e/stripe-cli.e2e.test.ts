import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack } from '@keyflow/devstack'
import { type Running, stripeCli } from '../../packages/stripe-sandbox/test/stripe-cli.ts'
import { startWorld, type World } from './world.ts'

/** Whom the CLI's own checkout fixture buys for. */
const BUYER = 'stripe@example.com'

let world: World
let cli: ReturnType<typeof stripeCli>
let listen: Running
beforeAll(async () => {
  // The only way from Stripe to ingest is the CLI.
  world = await startWorld({ ...(await sharedStack()), webhooks: false, partitions: 3 })
  cli = stripeCli(world.shop.url)
  const target = `localhost:${world.ports.ingest.http}/api/v1/webhooks/stripe`
  listen = cli.run('listen', '--all-snapshot', '--forward-to', target)
  await listen.says(/Ready!/)
}, 120_000)
afterAll(async () => {
  await listen?.end()
  cli?.remove()
  await world?.stop()
}, 60_000)

/** Runs a trigger and waits until all events that it caused went all the way. */
const trigger = async (event: string): Promise<void> => {
  const { code, output } = await cli.run('trigger', event).finished
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('Trigger succeeded!') })
  const happened = await world.shop.countEvents()
  await world.audit.untilQuiet(async () => (await world.webhooks()).accepted >= happened)
  const { accepted, ...others } = await world.webhooks()
  expect(accepted).toBe(happened)
  expect(Object.entries(others).filter(([, count]) => count > 0)).toEqual([])
  expect(await world.audit.deadLetters()).toBe(0)
}

describe('the real Stripe CLI, through `stripe listen`', () => {
  it('`stripe trigger checkout.session.completed` ends with a key in the inbox', async () => {
    await trigger('checkout.session.completed')
    const keys = world.mailbox.keysTo(BUYER)
    expect(keys).toHaveLength(1)
    expect(await world.validate(String(keys[0]))).toMatchObject({
      valid: true,
      code: 'VALID',
      license: { tier: 'starter', max_domains: 3 },
    })
  }, 60_000)

  it.each([
    ['customer.subscription.created', 'active'],
    ['customer.subscription.updated', 'active'],
    ['customer.subscription.deleted', 'revoked'],
  ])(
    '`stripe trigger %s` leaves one more license, and it is %s',
    async (event, status) => {
      const known = new Set((await world.audit.licenses()).map(({ id }) => id))
      await trigger(event)
      const fresh = (await world.audit.licenses()).filter(({ id }) => !known.has(id))
      expect(fresh).toHaveLength(1)
      expect(await world.license(fresh[0]?.id ?? '')).toMatchObject({ status, tier: 'starter' })
    },
    60_000,
  )

  it.each(['invoice.paid', 'invoice.payment_failed'])(
    '`stripe trigger %s`, whose invoice is of no subscription, is taken and touches no license',
    async (event) => {
      const before = await world.audit.licenses()
      await trigger(event)
      expect(before.length).toBeGreaterThan(0)
      expect(await world.audit.licenses()).toEqual(before)
    },
    60_000,
  )
})
