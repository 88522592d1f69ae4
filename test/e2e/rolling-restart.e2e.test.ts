import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack } from '@keyflow/devstack'
import Stripe from 'stripe'
import { runReplicas } from './replicas.ts'
import { startWorld, type World } from './world.ts'

const BUYERS = 40
/** Between two requests: what a shop with a thousand purchases an hour does not reach. Milliseconds. */
const EVERY_MS = 25

let world: World
let replicas: Awaited<ReturnType<typeof runReplicas>>
beforeAll(async () => {
  world = await startWorld({ ...(await sharedStack()), partitions: 4, webhooks: false })
  replicas = await runReplicas(world.service, world.surroundings, world.logFolder)
}, 180_000)
afterAll(async () => {
  await replicas?.stop()
  await world?.stop()
}, 90_000)

const email = (at: number): string => `rolling-${at}@example.com`

describe('two replicas of every service that are restarted one after the other under load', () => {
  it('answer every webhook with 200, lose none, and leave every buyer with one license and one mail', async () => {
    const { shop, mailbox, audit } = world
    const purchases = new Map<string, string>()
    const events: Stripe.Event[] = []
    for (let at = 0; at < BUYERS; at += 1) {
      const { subscription, customer } = await shop.buy(email(at), 'price_pro_monthly')
      purchases.set(email(at), subscription)
      events.push(...(await shop.eventsAbout(customer)))
    }
    // One event a customer at a time, so that every minute has some of every purchase.
    const mixed = events.toSorted((a, b) => (a.id < b.id ? -1 : 1))

    const answers: number[] = []
    const sending: Promise<void>[] = []
    const path = new URL(world.webhook.url).pathname
    let next = 0
    const sendNext = (): void => {
      // Once each is delivered they are delivered again: load lasts as long as the restarts do.
      const event = mixed[next % mixed.length]
      next += 1
      if (event === undefined) return
      const payload = JSON.stringify(event, null, 2)
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: world.webhook.secret })
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
      sending.push(replicas.post(path, headers, payload).then((status) => void answers.push(status)))
    }
    const load = setInterval(sendNext, EVERY_MS)
    const times = await replicas.restartAll()
    while (next < mixed.length) sendNext()
    clearInterval(load)
    await Promise.all(sending)
    await audit.untilQuiet(async () => true, 90_000)

    const refused = answers.filter((status) => status !== 200)
    process.stdout.write(
      `${replicas.count} replicas restarted in ${times.join(', ')} ms; ${answers.length} webhooks (${mixed.length} events), ${refused.length} not answered with 200\n`,
    )
    expect(refused).toEqual([])
    expect(answers.length).toBeGreaterThanOrEqual(mixed.length)
    expect(purchases.size).toBe(BUYERS)
    for (const [buyer, subscription] of purchases) {
      const keys = mailbox.keysTo(buyer)
      const licenses = await audit.licenses(subscription)
      const left = {
        buyer,
        keys: keys.length,
        mails: mailbox.mailsTo(buyer).length,
        licenses: licenses.length,
      }
      expect(left).toEqual({ buyer, keys: 1, mails: 1, licenses: 1 })
      expect(await world.validate(String(keys[0]))).toMatchObject({ valid: true, license: { tier: 'pro' } })
    }
    expect(await audit.deadLetters()).toBe(0)
  }, 240_000)
})
