import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type MongoServer, startMongo } from '@keyflow/devstack'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const now = (): number => Math.floor(Date.now() / 1000)

const buy = (name: string) => {
  const account = createStripeAccount(name, now())
  const story = createSubscriptionStory(account, {
    price: 'price_pro_monthly',
    trial: false,
    payAtOnce: true,
  })
  return { account, story }
}

describe('licensing when things end the hard way', () => {
  let licensing: RunningLicensing
  let mongo: MongoServer | undefined

  afterEach(async () => {
    await licensing.stop()
    await mongo?.stop()
    mongo = undefined
  })

  const runUntilKilled = async (failpoint: string): Promise<void> => {
    const child = spawn(process.execPath, [MAIN], {
      env: { ...licensing.env, FAILPOINTS: failpoint },
      stdio: 'ignore',
    })
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')
  }

  it.each([
    ['between the commit and the publication', 'batch.committed'],
    ['between the publication and the commit of the offset', 'batch.published'],
  ])('issues one license, told of once, when it is killed %s (case 38)', async (_when, failpoint) => {
    licensing = await runLicensing()
    const { account, story } = buy(`kill${failpoint.at(-2)}`)
    await licensing.publish(account.events)
    await runUntilKilled(failpoint)
    await licensing.start()
    await until('the license is issued', () => licensing.events().some((e) => e.subscription === story.id))
    const follower = buy('follow')
    await licensing.publish(follower.account.events)
    await until('later purchases go through', () =>
      licensing.events().some((e) => e.subscription === follower.story.id),
    )
    const issued = licensing
      .events()
      .filter((e) => e.subscription === story.id && e.type === 'license.issued')
    // A record may stand twice on the topic; by its id it is one event, which every consumer claims once.
    expect(new Set(issued.map((e) => e.id)).size).toBe(1)
    expect(
      await licensing.store.db.collection('licenses').countDocuments({ 'origin.subscription': story.id }),
    ).toBe(1)
    expect(await licensing.store.db.collection('outbox').countDocuments()).toBe(0)
  })

  it('waits while MongoDB is stopped for 30 s, dead-letters nothing, and goes on by itself', async () => {
    mongo = await startMongo()
    const { url } = mongo
    licensing = await runLicensing({ MONGODB_URL: url })
    await licensing.start()
    const before = buy('before')
    await licensing.publish(before.account.events)
    await until('the first license is issued', () => licensing.events().length === 1)
    await mongo.kill('SIGKILL')
    const stoppedAt = Date.now()
    const during = buy('during')
    await licensing.publish(during.account.events)
    await until('30 s have passed', () => Date.now() - stoppedAt > 30_000, 40_000)
    expect(licensing.events()).toHaveLength(1)
    await mongo.restart()
    // The partition is held with a backoff of up to 30 s.
    await until(
      'the second license is issued',
      () => licensing.events().some((e) => e.subscription === during.story.id),
      60_000,
    )
    expect(licensing.deadLetters()).toEqual([])
    expect(await licensing.store.db.collection('dead_letters').countDocuments()).toBe(0)
  })
})
