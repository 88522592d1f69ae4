import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  type Applied,
  type BatchProcessorOptions,
  createBatchMetrics,
  createRegistry,
  KeyflowError,
  type Registry,
  type Transaction,
} from '@keyflow/runtime'
import { createWorld, recordsOf } from './store-under-test.ts'

type World = Awaited<ReturnType<typeof createWorld>>
type Apply = BatchProcessorOptions<string>['apply']

describe('what becomes of the records of a batch, on a real MongoDB', () => {
  let world: World
  let registry: Registry
  let next = 0

  beforeAll(async () => {
    world = await createWorld()
  })
  beforeEach(() => {
    registry = createRegistry({ defaults: false })
    next += 1000
  })
  afterAll(async () => {
    await world.stop()
  })

  const records = (values: readonly string[]) => recordsOf(values, 0, next)
  const processor = (overrides: Partial<BatchProcessorOptions<string>> = {}) =>
    world.processor({ metrics: createBatchMetrics(registry, 'test'), ...overrides })
  const outcomes = async (): Promise<Record<string, number>> => {
    const metric = await registry.getSingleMetric('keyflow_events_processed_total')?.get()
    const counted = (metric?.values ?? []).filter(({ value }) => value > 0)
    return Object.fromEntries(counted.map(({ labels, value }) => [String(labels.outcome), value]))
  }
  const insertAll = async (items: Parameters<Apply>[0], { session }: Transaction): Promise<Applied> => {
    for (const { item } of items) await world.applied.insertOne({ _id: item, times: 1 }, { session })
    return { outbox: [] }
  }

  it('is counted: applied, of no effect, duplicate, ignored and dead-lettered; and each exactly once', async () => {
    const decoding = processor({
      decode: ({ value }) => {
        const text = Buffer.from(value ?? []).toString()
        if (text === 'boring') return { kind: 'ignored', eventType: 'x' }
        if (text === 'unreadable') throw new SyntaxError('Unexpected token')
        return { kind: 'item', id: text, item: text, eventType: 'x' }
      },
      apply: async (items) => ({
        outbox: [],
        noops: items.map(({ id }) => id).filter((id) => id.startsWith('idle')),
      }),
    })
    const batch = records(['m1', 'm2', 'm1', 'idle1', 'boring', 'unreadable'])
    await decoding.handle(batch)
    expect(await outcomes()).toEqual({ applied: 2, noop: 1, duplicate: 1, ignored: 1, dead_lettered: 1 })
    const letter = await world.store.db.collection('dead_letters').findOne({ key: 'unreadable' })
    expect(letter).toMatchObject({ code: 'DECODE_FAILED', reason: 'SyntaxError', state: 'open' })
    await decoding.handle(batch)
    expect(await outcomes()).toEqual({ applied: 2, noop: 1, duplicate: 6, ignored: 2, dead_lettered: 1 })
  })

  it('is known before anything has happened: every outcome is there, at 0', async () => {
    processor()
    const text = await registry.metrics()
    for (const outcome of ['applied', 'noop', 'duplicate', 'ignored', 'dead_lettered'])
      expect(text).toContain(
        `keyflow_events_processed_total{service="test",event_type="invoice.paid",outcome="${outcome}"} 0`,
      )
    expect(text).toContain('keyflow_partitions_held{service="test"} 0')
  })

  it('is measured from the acceptance of the webhook, as its header says, not from the last hop', async () => {
    const accepted = Date.now() - 7000
    const [record] = records(['aged'])
    if (record === undefined) throw new Error('no record')
    await processor().handle([{ ...record, headers: { ce_receivedat: String(accepted) } }])
    const metric = await registry.getSingleMetric('keyflow_event_processing_seconds')?.get()
    const sum = metric?.values.find(
      (value) => 'metricName' in value && /_sum$/.test(String(value.metricName)),
    )
    expect(sum?.value).toBeGreaterThanOrEqual(7)
    expect(sum?.value).toBeLessThan(60)
  })

  it('is dead-lettered at once when it is invalid, under its own code and in its own words', async () => {
    let tries = 0
    const refusing = processor({
      apply: async (items, transaction) => {
        if (items.some(({ item }) => item === 'w2')) {
          tries += items.length === 1 ? 1 : 0
          throw new KeyflowError('invalid', 'NO_PRICE', 'the price is not in the catalog')
        }
        return insertAll(items, transaction)
      },
    })
    await refusing.handle(records(['w1', 'w2', 'w3']))
    expect(tries).toBe(1)
    expect([await world.timesOf('w1'), await world.timesOf('w2'), await world.timesOf('w3')]).toEqual([
      1, 0, 1,
    ])
    expect(await outcomes()).toEqual({ applied: 2, dead_lettered: 1 })
    const letter = await world.store.db.collection('dead_letters').findOne({ key: 'w2' })
    expect(letter).toMatchObject({ code: 'NO_PRICE', reason: 'the price is not in the catalog' })
  })

  it('is never a dead letter when another process applied it while this one failed at it', async () => {
    let tries = 0
    const failing = processor({
      apply: async () => {
        tries += 1
        if (tries === 3) await world.processor({ apply: insertAll }).handle(records(['x1']))
        throw new TypeError('works elsewhere')
      },
    })
    await failing.handle(records(['x1']))
    expect(await world.timesOf('x1')).toBe(1)
    expect(await outcomes()).toEqual({ duplicate: 1 })
    expect(await world.store.db.collection('dead_letters').countDocuments({ key: 'x1' })).toBe(0)
  })

  it('stays committed and is published when what runs after the commit throws', async () => {
    const careless = processor({
      apply: async (items, transaction) => ({
        ...(await insertAll(items, transaction)),
        outbox: [{ id: 'out-y1', topic: world.topic, key: 'y1', value: 'y1', headers: {} }],
        afterCommit: () => {
          throw new TypeError('careless')
        },
      }),
    })
    await careless.handle(records(['y1']))
    expect(await world.timesOf('y1')).toBe(1)
    expect(await outcomes()).toEqual({ applied: 1 })
    expect(await world.store.db.collection<{ _id: string }>('outbox').countDocuments({ _id: 'out-y1' })).toBe(
      0,
    )
  })

  it('is the same whether batches of two processes overlap in the middle or not', async () => {
    const values = Array.from({ length: 60 }, (_, at) => `z${at}`)
    const increment: Apply = async (items, { session }) => {
      for (const { item } of items)
        await world.applied.updateOne({ _id: item }, { $inc: { times: 1 } }, { upsert: true, session })
      return { outbox: [] }
    }
    const all = records(values)
    const halves = [all.slice(0, 40), all.slice(20), all.slice(10, 50), all]
    await Promise.all(halves.map((half) => world.processor({ apply: increment }).handle(half)))
    const counted = await world.applied.find({ _id: { $in: values } }).toArray()
    expect(counted.map(({ times }) => times)).toEqual(values.map(() => 1))
  })
})
