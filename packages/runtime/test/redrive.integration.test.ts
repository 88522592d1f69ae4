import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { REDRIVE_HEADER } from '@keyflow/contracts'
import { type IncomingRecord, type OutgoingRecord, type RecordPublisher, redrive } from '@keyflow/runtime'
import { createWorld, recordsOf } from './store-under-test.ts'

type World = Awaited<ReturnType<typeof createWorld>>

describe('redriving what was given up', () => {
  let world: World
  let published: OutgoingRecord[] = []
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.stop())

  const publisher: RecordPublisher = {
    publish: async (record) => {
      published.push(record)
    },
    publishAll: async (records) => {
      published.push(...records)
    },
    inFlight: () => 0,
    close: async () => {},
  }
  const broken = () =>
    world.processor({
      apply: async (items) => {
        if (items.some(({ item }) => item.startsWith('bad'))) throw new TypeError('not yet')
        return { outbox: [] }
      },
    })
  const order = { filter: {}, limit: 100, dryRun: false, actor: 'ada', why: 'the reader is mended' }
  const again = (overrides: Partial<Parameters<typeof redrive>[1]> = {}) => {
    published = []
    const { store, personal } = world
    return redrive({ store, personal, publisher, clock: () => new Date() }, { ...order, ...overrides })
  }
  /** The record that was published, as it is read from its topic again. */
  const read = ({ topic, key, value, headers }: OutgoingRecord, offset: string): IncomingRecord => ({
    topic,
    partition: 0,
    offset,
    key,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers,
    timestamp: Date.now(),
  })

  it('publishes the very bytes and headers where they came from, and they are applied although they are claimed', async () => {
    const [record] = recordsOf(['bad-1'], 0, 100)
    await broken().handle([record as IncomingRecord])
    // It is claimed: as it stands nobody would ever look at it again.
    await world.processor().handle([record as IncomingRecord])
    expect(await world.timesOf('bad-1')).toBe(0)

    expect(await again({ filter: { code: 'TypeError' }, dryRun: true })).toMatchObject({
      matched: 1,
      published: 0,
    })
    expect(published).toEqual([])
    expect(await again({ filter: { code: 'Other' } })).toMatchObject({ matched: 0 })
    expect(await again({ filter: { code: 'TypeError', topic: 'in', key: 'bad-1' } })).toMatchObject({
      matched: 1,
      published: 1,
    })
    const [out] = published
    expect(out).toMatchObject({ topic: record?.topic, key: 'bad-1' })
    expect(Buffer.from(out?.value as Uint8Array)).toEqual(Buffer.from(record?.value as Uint8Array))
    expect(out?.headers).toEqual({ ...record?.headers, [REDRIVE_HEADER.of]: 'in/0/100' })

    await world.processor().handle([read(out as OutgoingRecord, '900')])
    expect(await world.timesOf('bad-1')).toBe(1)
    await world.processor().handle([read(out as OutgoingRecord, '900'), read(out as OutgoingRecord, '901')])
    expect(await world.timesOf('bad-1')).toBe(1)
  })

  it('says who did it and why, and does not do it again', async () => {
    const letter = await world.store.db
      .collection<{ _id: string }>('dead_letters')
      .findOne({ _id: 'in/0/100' })
    expect(letter).toMatchObject({
      state: 'redriven',
      redrives: [{ actor: 'ada', reason: 'the reader is mended' }],
    })
    expect(await again()).toMatchObject({ matched: 0, published: 0 })
  })

  it('gives up again what still cannot be applied', async () => {
    const [record] = recordsOf(['bad-2'], 0, 200)
    await broken().handle([record as IncomingRecord])
    await again()
    await broken().handle([read(published[0] as OutgoingRecord, '910')])
    expect(await again({ dryRun: true })).toMatchObject({ matched: 1, letters: [{ id: 'in/0/910' }] })
    await again()
    await world.processor().handle([read(published[0] as OutgoingRecord, '911')])
    expect(await world.timesOf('bad-2')).toBe(1)
  })

  it('is a duplicate for a service that applied the record back then', async () => {
    const [record] = recordsOf(['fine'], 0, 300)
    await world.processor().handle([record as IncomingRecord])
    const headers = { ...record?.headers, [REDRIVE_HEADER.of]: 'in/0/300' }
    await world.processor().handle([{ ...(record as IncomingRecord), headers, offset: '920' }])
    expect(await world.timesOf('fine')).toBe(1)
  })
})
