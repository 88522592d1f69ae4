import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { uniqueName, waitUntil } from '@keyflow/devstack'
import {
  type DeadLetterRow,
  eraseSubject,
  type IncomingRecord,
  inTransaction,
  KeyflowError,
  openLetter,
  type RecordPublisher,
  startConsumer,
  sweepOnce,
} from '@keyflow/runtime'
import { createWorld, recordsOf } from './store-under-test.ts'

type World = Awaited<ReturnType<typeof createWorld>>

describe('the batch processor on a real Kafka and a real MongoDB', () => {
  let world: World
  const published: IncomingRecord[] = []
  let watcher: Awaited<ReturnType<typeof startConsumer>>

  beforeAll(async () => {
    world = await createWorld()
    watcher = await startConsumer({
      kafka: world.kafka,
      groupId: uniqueName('watch'),
      topics: [world.topic, `${world.name}.keyflow.dead-letters`],
      batchRecords: 100,
      partitionsAtOnce: 1,
      handle: async (records) => {
        published.push(...records)
      },
      onFatal: () => {},
      logger: world.logger,
    })
  })
  afterAll(async () => {
    await watcher.stop()
    await world.stop()
  })

  const outOf = (id: string) =>
    published.filter((record) => record.key === id && record.topic === world.topic)
  const until = (what: string, probe: () => boolean | Promise<boolean>) =>
    waitUntil(probe, { what, deadlineMs: 15_000 })

  it('applies a record once, however often it comes: in one batch, in the next, in two processes at once', async () => {
    const records = recordsOf(['a', 'b', 'a', 'a'])
    await world.processor().handle(records)
    await world.processor().handle(records)
    await Promise.all([
      world.processor().handle(recordsOf(['c', 'd'])),
      world.processor().handle(recordsOf(['d', 'c'], 1)),
    ])
    for (const id of ['a', 'b', 'c', 'd']) expect([id, await world.timesOf(id)]).toEqual([id, 1])
    await until('the outbox is published', () => ['a', 'b', 'c', 'd'].every((id) => outOf(id).length > 0))
    for (const id of ['a', 'b', 'c', 'd']) expect(outOf(id)).toHaveLength(1)
    expect(await world.store.db.collection('outbox').countDocuments()).toBe(0)
  })

  it('dead-letters the one of a hundred that is to blame, with its reason, and applies its 99 neighbors', async () => {
    const values = Array.from({ length: 100 }, (_, at) => `n${at}`)
    let tries = 0
    const poisoned = world.processor({
      apply: async (items, { session }) => {
        for (const { item } of items) {
          if (item === 'n37') {
            tries += items.length === 1 ? 1 : 0
            throw new TypeError('cannot read this one')
          }
          await world.applied.updateOne({ _id: item }, { $inc: { times: 1 } }, { upsert: true, session })
        }
        return { outbox: [] }
      },
    })
    await poisoned.handle(recordsOf(values))
    const done = await world.applied.countDocuments({ _id: { $regex: /^n\d+$/ }, times: 1 })
    expect(done).toBe(99)
    expect(tries).toBe(3)
    const letters = await world.store.db.collection('dead_letters').find({ key: 'n37' }).toArray()
    expect(letters).toMatchObject([{ code: 'TypeError', state: 'open' }])
    await until('the letter is on its topic', () =>
      published.some((r) => r.key === 'n37' && r.headers['dlq-code'] === 'TypeError'),
    )
    await poisoned.handle(recordsOf(values))
    expect(await world.store.db.collection('dead_letters').countDocuments({ key: 'n37' })).toBe(1)
  })

  it('dead-letters what cannot be decoded at once, beside records that are applied', async () => {
    await world.processor().handle(recordsOf(['e', 'garbage', 'f'], 1, 500))
    expect([await world.timesOf('e'), await world.timesOf('f')]).toEqual([1, 1])
    expect(await world.store.db.collection('dead_letters').findOne({ key: 'garbage' })).toMatchObject({
      code: 'garbage',
      reason: 'it is garbage',
    })
  })

  it('keeps a dead letter sealed, bit by bit as it was, and opens it no more once its person is erased', async () => {
    await world.processor().handle(recordsOf(['garbage'], 1, 600))
    const letters = world.store.db.collection<DeadLetterRow>('dead_letters')
    const letter = (await letters.findOne({ _id: 'in/1/600' })) as DeadLetterRow
    expect(JSON.stringify(letter)).not.toContain(Buffer.from('garbage').toString('base64'))
    expect(await openLetter(world.personal, letter)).toEqual({
      kind: 'opened',
      value: new Uint8Array(Buffer.from('garbage')),
    })
    await inTransaction(world.store, (session) => eraseSubject(world.store, session, 'garbage', new Date()))
    world.personal.forget(['garbage'])
    expect(await openLetter(world.personal, letter)).toEqual({ kind: 'erased' })
    await world.processor().handle(recordsOf(['garbage'], 1, 601))
    expect(await letters.findOne({ _id: 'in/1/601' })).toMatchObject({ code: 'garbage', sealed: null })
  })

  it('never gives a record up because of an outage: it refuses the batch and leaves nothing behind', async () => {
    const away = world.processor({
      apply: async (items, { session }) => {
        for (const { item } of items)
          await world.applied.updateOne({ _id: item }, { $inc: { times: 1 } }, { upsert: true, session })
        throw new KeyflowError('transient', 'AWAY', 'the other side is away')
      },
    })
    await expect(away.handle(recordsOf(['g', 'h']))).rejects.toMatchObject({ code: 'AWAY' })
    expect([await world.timesOf('g'), await world.timesOf('h')]).toEqual([0, 0])
    expect(await world.store.db.collection('dead_letters').countDocuments({ key: { $in: ['g', 'h'] } })).toBe(
      0,
    )
    await world.processor().handle(recordsOf(['g', 'h']))
    expect([await world.timesOf('g'), await world.timesOf('h')]).toEqual([1, 1])
  })

  it('never gives a record up because others insert the same key at the same moment', async () => {
    let races = 6
    const racing = world.processor({
      apply: async (items, { session }) => {
        if (races > 0) {
          races -= 1
          // Another process wins the race, just after this transaction has looked.
          await world.applied.insertOne({ _id: `race-${races}`, times: 0 })
          await world.applied.insertOne({ _id: `race-${races}`, times: 0 }, { session })
        }
        for (const { item } of items)
          await world.applied.updateOne({ _id: item }, { $inc: { times: 1 } }, { upsert: true, session })
        return { outbox: [] }
      },
    })
    await racing.handle(recordsOf(['r1', 'r2']))
    expect([races, await world.timesOf('r1'), await world.timesOf('r2')]).toEqual([0, 1, 1])
    expect(
      await world.store.db.collection('dead_letters').countDocuments({ key: { $in: ['r1', 'r2'] } }),
    ).toBe(0)
  })

  it('leaves to the sweeper what was committed and could not be published', async () => {
    const deaf: RecordPublisher = {
      ...world.publisher,
      publishAll: async () => {
        throw new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'no broker')
      },
    }
    await world.processor({}, deaf).handle(recordsOf(['i', 'j']))
    expect(await world.store.db.collection('outbox').countDocuments()).toBe(2)
    expect(await sweepOnce({ store: world.store, publisher: world.publisher, logger: world.logger }, 0)).toBe(
      2,
    )
    await until('both arrive', () => outOf('i').length === 1 && outOf('j').length === 1)
    expect(await world.store.db.collection('outbox').countDocuments()).toBe(0)
  })

  it('does not sweep what another process has only just committed', async () => {
    const deaf: RecordPublisher = { ...world.publisher, publishAll: () => Promise.reject(new Error('down')) }
    await world.processor({}, deaf).handle(recordsOf(['k']))
    expect(
      await sweepOnce({ store: world.store, publisher: world.publisher, logger: world.logger }, 60_000),
    ).toBe(0)
    expect(await sweepOnce({ store: world.store, publisher: world.publisher, logger: world.logger }, 0)).toBe(
      1,
    )
  })
})
