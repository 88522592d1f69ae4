import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { uniqueName, waitUntil } from '@keyflow/devstack'
import {
  type IncomingRecord,
  KeyflowError,
  type RecordPublisher,
  startConsumer,
  startSweeper,
  sweepOnce,
} from '@keyflow/runtime'
import { createWorld, recordsOf } from './store-under-test.ts'

type World = Awaited<ReturnType<typeof createWorld>>

describe('the sweeper on a real Kafka and a real MongoDB', () => {
  let world: World
  let watcher: Awaited<ReturnType<typeof startConsumer>>
  const published: IncomingRecord[] = []

  beforeAll(async () => {
    world = await createWorld()
    watcher = await startConsumer({
      kafka: world.kafka,
      groupId: uniqueName('watch'),
      topics: [world.topic],
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

  const outbox = () => world.store.db.collection<{ _id: string; refused?: string }>('outbox')
  const until = (what: string, probe: () => boolean | Promise<boolean>) =>
    waitUntil(probe, { what, deadlineMs: 20_000 })
  const arrived = (ids: readonly string[]) => () =>
    ids.every((id) => published.some((record) => record.key === id))
  const publishWith = (publishAll: RecordPublisher['publishAll']): RecordPublisher => ({
    ...world.publisher,
    publishAll,
  })

  it('publishes what a process left that died between its commit and its publication', async () => {
    const dying = publishWith(() => new Promise(() => {}))
    void world.processor({}, dying).handle(recordsOf(['left-1', 'left-2', 'left-3']))
    await until('the commit', async () => (await outbox().countDocuments()) === 3)
    expect(published).toEqual([])
    const { store, publisher, logger } = world
    expect(await sweepOnce({ store, publisher, logger }, 0)).toBe(3)
    await until('all that was left', arrived(['left-1', 'left-2', 'left-3']))
    expect(await outbox().countDocuments()).toBe(0)
  })

  it('goes on by itself after an outage of the broker, and ends when stopped', async () => {
    const away = publishWith(() => Promise.reject(new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'away')))
    await world.processor({}, away).handle(recordsOf(['out-1', 'out-2']))
    let tries = 0
    const recovering = publishWith(async (records) => {
      tries += 1
      if (tries < 3) throw new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'away')
      await world.publisher.publishAll(records)
    })
    const { store, logger } = world
    const sweeper = startSweeper({ store, publisher: recovering, logger, minAgeMs: 0, everyMs: 20 })
    await until('both', arrived(['out-1', 'out-2']))
    await until('an empty outbox', async () => (await outbox().countDocuments()) === 0)
    await sweeper.stop()
    expect(tries).toBe(3)
    await world.processor({}, away).handle(recordsOf(['out-3']))
    expect(await outbox().countDocuments()).toBe(1)
    expect(await sweepOnce({ store, publisher: world.publisher, logger }, 0)).toBe(1)
  })

  it('stops within 3 s although a publication is never answered, and leaves it to the next', async () => {
    const away = publishWith(() => Promise.reject(new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'away')))
    await world.processor({}, away).handle(recordsOf(['unanswered']))
    let isAsked = false
    const silent = publishWith(() => {
      isAsked = true
      return new Promise(() => {})
    })
    const { store, publisher, logger } = world
    const sweeper = startSweeper({ store, publisher: silent, logger, minAgeMs: 0, everyMs: 20 })
    await until('a publication', () => isAsked)
    const asked = performance.now()
    await sweeper.stop()
    expect(performance.now() - asked).toBeLessThan(3000)
    expect(await sweepOnce({ store, publisher, logger }, 0)).toBe(1)
  }, 30_000)

  it('sets one record aside that no broker takes, keeps it, and publishes its neighbors', async () => {
    const letters = recordsOf(['big', 'big-neighbor'], 0, 7000)
    // Sealed and with the headers of a dead letter it is larger than the topic of dead letters takes.
    const tooLarge = {
      ...(letters[0] as IncomingRecord),
      value: Buffer.alloc(TOPICS.deadLetters.maxMessageBytes),
    }
    const later = publishWith(() =>
      Promise.reject(new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'away')),
    )
    await world
      .processor(
        {
          decode: (record) =>
            record.key === 'big'
              ? { kind: 'dead', code: 'garbage', reason: 'it is garbage' }
              : { kind: 'item', id: String(record.key), item: String(record.key), eventType: 'test' },
        },
        later,
      )
      .handle([tooLarge, ...letters.slice(1)])
    const { store, publisher, logger } = world
    expect(await sweepOnce({ store, publisher, logger }, 0)).toBe(1)
    await until('the neighbor', arrived(['big-neighbor']))
    expect(
      await outbox()
        .find({}, { projection: { refused: 1 } })
        .toArray(),
    ).toEqual([{ _id: 'dead-letter:in/0/7000', refused: 'MESSAGE_TOO_LARGE' }])
    expect(await sweepOnce({ store, publisher, logger }, 0)).toBe(0)
  }, 60_000)
})
