import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  CLAIM_TTL_DAYS,
  CLAIMS,
  DEAD_LETTERS,
  inTransaction,
  isDuplicateKey,
  migrate,
  OUTBOX,
} from '@keyflow/runtime'
import { MongoClient } from 'mongodb'
import { createWorld } from './store-under-test.ts'

type World = Awaited<ReturnType<typeof createWorld>>

describe('transactions and migrations on a real MongoDB', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(async () => {
    await world.stop()
  })

  it('goes through in the end when many write the same document at once', async () => {
    await world.applied.insertOne({ _id: 'counter', times: 0 })
    const increment = () =>
      inTransaction(world.store, async (session) => {
        const { times = 0 } = (await world.applied.findOne({ _id: 'counter' }, { session })) ?? {}
        await world.applied.updateOne({ _id: 'counter' }, { $set: { times: times + 1 } }, { session })
      })
    await Promise.all(Array.from({ length: 12 }, increment))
    expect(await world.timesOf('counter')).toBe(12)
  })

  it('leaves nothing of a body that throws, and does not try it again', async () => {
    let tries = 0
    const failing = inTransaction(world.store, async (session) => {
      tries += 1
      await world.applied.insertOne({ _id: 'ghost', times: 1 }, { session })
      throw new TypeError('a bug')
    })
    await expect(failing).rejects.toThrow('a bug')
    expect([tries, await world.timesOf('ghost')]).toEqual([1, 0])
  })

  it('tells a duplicate key instead of looping on the aborted transaction', async () => {
    const twice = inTransaction(world.store, (session) =>
      world.applied.insertOne({ _id: 'counter', times: 9 }, { session }),
    )
    const error = await twice.catch((thrown: unknown) => thrown)
    expect(isDuplicateKey(error)).toBe(true)
  })

  it('migrates from five replicas at once, and again, to the same collections and indexes', async () => {
    const specs = [
      CLAIMS,
      OUTBOX,
      DEAD_LETTERS,
      {
        name: 'more',
        indexes: [{ key: { x: 1 }, name: 'by_x' }],
        schema: { bsonType: 'object', required: ['x'] },
      },
    ]
    await Promise.all(Array.from({ length: 5 }, (_, at) => migrate(world.store, specs, `replica-${at}`)))
    await migrate(world.store, specs, 'later')
    const indexes = await world.store.db.collection('idempotency').indexes()
    expect(indexes.find((index) => index.name === 'ttl')).toMatchObject({
      expireAfterSeconds: CLAIM_TTL_DAYS * 86_400,
    })
    expect(CLAIM_TTL_DAYS).toBe(90)
    await expect(world.store.db.collection('more').insertOne({ y: 1 })).rejects.toMatchObject({ code: 121 })
  })

  it('touches no validator that is as it should be, and changes the one that is not', async () => {
    const client = new MongoClient(world.mongoUrl, { monitorCommands: true })
    const changed: unknown[] = []
    client.on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'collMod') changed.push(command.collMod)
    })
    const store = { client, db: client.db(`${world.name}-migrated`) }
    const widgets = { name: 'widgets', schema: { bsonType: 'object', required: ['x'] } }
    await migrate(store, [CLAIMS, widgets], 'first')
    await migrate(store, [CLAIMS, widgets], 'second')
    expect(changed).toEqual([])
    await migrate(store, [CLAIMS, { ...widgets, schema: { bsonType: 'object', required: ['y'] } }], 'third')
    expect(changed).toEqual(['widgets'])
    await expect(store.db.collection('widgets').insertOne({ x: 1 })).rejects.toMatchObject({ code: 121 })
    await store.db.dropDatabase()
    await client.close()
  })

  it('waits for the lock of another replica, and goes on when that one is gone without releasing it', async () => {
    const locks = world.store.db.collection<{ _id: string; owner: string; until: Date }>('locks')
    const until = new Date(Date.now() + 700)
    await locks.updateOne({ _id: 'migration' }, { $set: { owner: 'killed', until } })
    await migrate(world.store, [CLAIMS], 'next')
    expect(Date.now()).toBeGreaterThan(until.getTime())
    expect(await locks.findOne({ _id: 'migration' })).toMatchObject({ owner: 'next', until: new Date(0) })
  })

  it('keeps out of a collection what its validator does not allow, claims among them', async () => {
    const odd = world.store.db.collection('idempotency').insertOne({ at: 'yesterday' })
    await expect(odd).rejects.toMatchObject({ code: 121 })
  })
})
