import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { connectStore, createLogger, nameRebuild, type Store } from '@keyflow/runtime'
import fc from 'fast-check'
import { digestState } from '../src/adapters/state-digest.ts'
import { type LicensingRebuild, openLicensingRebuild } from '../src/rebuild.ts'
import { historiesOf } from './history/generate-history.ts'
import type { StripeEvent } from './history/stripe-account.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const HISTORIES = 60
const logger = createLogger({ service: 'test', level: 'silent' })

const eventsOf = (from: number, count: number): readonly StripeEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const seed = from + index
    return fc.sample(historiesOf(`b${seed}x`), { numRuns: 1, seed })[0]?.account.events ?? []
  }).flat()

let licensing: RunningLicensing
const opened: { rebuild: LicensingRebuild }[] = []

const open = async (into = nameRebuild(licensing.settings)): Promise<LicensingRebuild> => {
  const rebuild = await openLicensingRebuild(licensing.settings, logger, { into })
  opened.push({ rebuild })
  return rebuild
}

const inForce = async (work: (store: Store) => Promise<void>, database: string): Promise<void> => {
  const { mongodbUrl } = licensing.settings
  const store = await connectStore({ url: mongodbUrl, database, appName: 'test' })
  try {
    await work(store)
  } finally {
    await store.client.close()
  }
}

const settled = async (store: Store, claims: number): Promise<void> => {
  await until(
    'everything to be folded',
    async () => (await store.db.collection('idempotency').countDocuments()) >= claims,
    60_000,
  )
}

const issuedTo = () =>
  licensing
    .events()
    .filter(({ type }) => type === 'license.issued')
    .map(({ licenseId }) => licenseId)

beforeAll(async () => {
  licensing = await runLicensing({ RECONCILE_MINUTES: '0', RECONCILE_OBJECTS_HOURS: '0' })
  await licensing.start()
}, 60_000)
afterAll(async () => {
  for (const { rebuild } of opened.splice(0)) {
    await rebuild.store.db.dropDatabase()
    await rebuild.close()
  }
  await licensing?.stop()
})

describe('a rebuild beside a living licensing service', () => {
  let sent: readonly StripeEvent[] = []

  it('gives the same licenses and the same keys from offset 0, and tells nobody anything (case 41)', async () => {
    sent = eventsOf(0, HISTORIES)
    await licensing.publish(sent, (event) => event.id)
    await settled(licensing.store, sent.length)
    const [one] = await licensing.store.db
      .collection<{ _id: string; ledger: string }>('licenses')
      .find({ granted: true, supersededBy: null })
      .sort({ _id: 1 })
      .toArray()
    // What operators and dunning decided is in the log, too.
    const suspended = await licensing.ask('POST', `/licenses/${one?._id}/suspend`, {
      actor: 'ada',
      reason: 'test',
    })
    expect(suspended.http).toBe(200)
    await until('that to be told', () => licensing.events().some(({ type }) => type === 'license.suspended'))
    const before = licensing.events().length

    const rebuild = await open()
    const records = await rebuild.fold()
    expect(records).toBeGreaterThanOrEqual(sent.length)
    const compared = await rebuild.compare()
    expect(compared.different).toEqual([])
    expect(compared.rebuilt).toEqual(compared.live)
    expect(compared.rebuilt.licenses).toBeGreaterThan(HISTORIES / 2)
    expect(await rebuild.store.db.collection('outbox').countDocuments()).toBe(0)
    expect(licensing.events()).toHaveLength(before)
  }, 120_000)

  it('says which licenses differ, where they do', async () => {
    const rebuild = opened[0]?.rebuild as LicensingRebuild
    const licenses = rebuild.store.db.collection<{ _id: string }>('licenses')
    const one = await licenses.findOne({})
    await licenses.updateOne({ _id: one?._id ?? '' }, { $set: { reason: 'altered' } })
    expect(await rebuild.compare()).toMatchObject({ isSame: false, different: [one?._id] })
  })

  it('is not opened by a service, nor by another rebuild once it is in use', async () => {
    await expect(open(licensing.settings.mongodbDatabase)).rejects.toMatchObject({ code: 'DATABASE_IN_USE' })
  })

  it('takes over from running replicas: nothing is told twice, what happens meanwhile is told once', async () => {
    const told = new Set(issuedTo())
    const rebuild = await open()
    await rebuild.fold()
    // Comes in after the rebuild has read the log, and is folded by whichever is in force.
    const meanwhile = eventsOf(1000, 10)
    await licensing.publish(meanwhile, (event) => event.id)
    let restarts = 0
    await licensing.stopApps()
    await licensing.start((error) => {
      if ('code' in error && error.code === 'DATABASE_REPLACED') restarts += 1
    })
    const switched = await rebuild.switchOver()
    expect(switched.licenses).toBeGreaterThan(0)
    await until('the service to notice', () => restarts === 1)
    await licensing.stopApps()
    await licensing.start()

    const late = eventsOf(2000, 10)
    await licensing.publish(late, (event) => event.id)
    await settled(rebuild.store, sent.length + meanwhile.length + late.length)
    await until(
      'everybody to have been told',
      async () =>
        new Set(issuedTo()).size >=
        (await rebuild.store.db.collection('licenses').countDocuments({ granted: true, supersededBy: null })),
    )
    const issued = issuedTo()
    expect(new Set(issued).size).toBe(issued.length)
    expect(issued.length).toBeGreaterThan(told.size)
    const ids = licensing.events().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(licensing.deadLetters()).toEqual([])
  }, 120_000)
})

describe('a database that is wiped', () => {
  it('keeps the service from folding into nothing, until a rebuild from Kafka and the issuer secret has everything back', async () => {
    const { mongodbDatabase } = licensing.settings
    const former = opened.at(-1)?.rebuild.store as Store
    const before = await digestState(former)
    const told = licensing.events().length
    await licensing.stopApps()
    await licensing.store.db.dropDatabase()
    await former.db.dropDatabase()

    // Bought while everything was away.
    const bought = eventsOf(3000, 5)
    await licensing.publish(bought, (event) => event.id)
    const starting = licensing.start()
    const into = `${mongodbDatabase}_back`
    const rebuild = await open(into)
    await rebuild.fold()
    const switched = await rebuild.switchOver()
    expect(switched.copied).toBe(0)
    await starting
    await inForce(async (store) => {
      await until(
        'the owed events to go out',
        async () => (await store.db.collection('outbox').countDocuments()) === 0,
      )
      await until('what was bought meanwhile to be told', () => licensing.events().length > told)
      const after = await digestState(store)
      expect(after.licenses).toBeGreaterThan(before.licenses)
    }, into)
    const issued = issuedTo()
    expect(new Set(issued).size).toBe(issued.length)
    const topic = `${licensing.prefix}${TOPICS.licenseEvents.name}`
    expect(licensing.seen.filter((record) => record.topic === topic).length).toBe(told + switched.toTell)
  }, 120_000)
})
