import { describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import { type ConsumerRunner, type IncomingRecord, originOf, type RecordPublisher } from '@keyflow/runtime'

/** What a client of Kafka must do for Keyflow; another client has to pass this before it may take kafkajs's place. */
export interface KafkaPort {
  /** A topic of `partitions` partitions that nobody else uses. */
  readonly createTopic: (partitions: number) => Promise<string>
  readonly publisher: () => RecordPublisher
  readonly consume: (options: {
    readonly topic: string
    readonly group: string
    readonly handle: (records: readonly IncomingRecord[]) => Promise<void>
    readonly batchRecords?: number
  }) => Promise<ConsumerRunner>
}

const until = (what: string, probe: () => boolean, deadlineMs = 25_000) =>
  waitUntil(probe, { what, deadlineMs })

export const describeKafkaPort = (name: string, port: KafkaPort): void => {
  describe(`${name} as Keyflow's Kafka`, () => {
    const publish = (topic: string, values: readonly string[], key = 'k') =>
      port.publisher().publishAll(values.map((value) => ({ topic, key, value, headers: {} })))
    const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, at) => String(from + at))
    const textOf = (record: IncomingRecord) => Buffer.from(record.value ?? []).toString()

    it('carries bytes, key and headers unchanged, and keeps the order of a key', async () => {
      const topic = await port.createTopic(3)
      const seen: IncomingRecord[] = []
      const consumer = await port.consume({
        topic,
        group: `${topic}-g`,
        handle: async (records) => void seen.push(...records),
      })
      await port.publisher().publish({ topic, key: null, value: 'no key', headers: {} })
      const bytes = new Uint8Array([0, 255, 128, 10, 13, 0])
      await port
        .publisher()
        .publish({ topic, key: 'bytes', value: bytes, headers: { ce_id: 'evt_1', 'x-utf8': 'grüß' } })
      await Promise.all(
        numbers(200).map((value) => port.publisher().publish({ topic, key: 'ordered', value, headers: {} })),
      )
      await until('all of them', () => seen.length === 202)
      expect(seen.filter((record) => record.key === null).map(textOf)).toEqual(['no key'])
      const raw = seen.find((record) => record.key === 'bytes')
      expect([...(raw?.value ?? [])]).toEqual([...bytes])
      expect(raw?.headers).toMatchObject({ ce_id: 'evt_1', 'x-utf8': 'grüß' })
      expect(seen.filter((record) => record.key === 'ordered').map(textOf)).toEqual(numbers(200))
      await consumer.stop()
    })

    it.each([
      ['Error', () => new Error('away')],
      ['TypeError', () => new TypeError('x is not a function')],
      ['SyntaxError', () => new SyntaxError('Unexpected token')],
    ])(
      'holds a partition whose handler throws %s, delivers again, and never stops',
      async (_name, failure) => {
        const topic = await port.createTopic(1)
        const seen: string[] = []
        let failures = 2
        const consumer = await port.consume({
          topic,
          group: `${topic}-g`,
          handle: async (records) => {
            if (failures > 0) {
              failures -= 1
              throw failure()
            }
            seen.push(...records.map(textOf))
          },
        })
        await publish(topic, numbers(20))
        await until('all after two failures', () => seen.length === 20)
        expect(seen).toEqual(numbers(20))
        await publish(topic, ['after'])
        await until('what comes later', () => seen.includes('after'))
        expect(consumer.isLive()).toBe(true)
        await consumer.stop()
      },
    )

    it('commits an offset only once the handler has resolved: the next member starts there', async () => {
      const topic = await port.createTopic(1)
      const group = `${topic}-g`
      await publish(topic, numbers(10))
      let reached = false
      const first = await port.consume({
        topic,
        group,
        batchRecords: 5,
        handle: async (records) => {
          if (records.some((record) => textOf(record) === '5')) {
            reached = true
            throw new Error('not now')
          }
        },
      })
      await until('the second half', () => reached)
      await first.stop()
      const seen: string[] = []
      const second = await port.consume({
        topic,
        group,
        handle: async (records) => void seen.push(...records.map(textOf)),
      })
      await until('the rest', () => seen.includes('9'))
      expect(seen).toEqual(numbers(5, 5))
      await second.stop()
    })

    it('holds only the partition that failed: its neighbors go on meanwhile', async () => {
      const topic = await port.createTopic(2)
      await publish(topic, ['first'], 'left')
      const seen: IncomingRecord[] = []
      let heldPartition = -1
      let broken = true
      const consumer = await port.consume({
        topic,
        group: `${topic}-g`,
        handle: async (records) => {
          if (heldPartition === -1) heldPartition = records[0]?.partition ?? -1
          if (broken && records[0]?.partition === heldPartition) throw new Error('away')
          seen.push(...records)
        },
      })
      await until('the failure', () => heldPartition >= 0)
      for (let key = 0; key < 20; key += 1) await publish(topic, ['neighbor'], String(key))
      await until('a neighbor', () => seen.length > 0)
      expect(seen.every((record) => record.partition !== heldPartition)).toBe(true)
      broken = false
      await until('everything, in the end', () => seen.length === 21)
      const ofHeld = seen
        .filter((record) => record.partition === heldPartition)
        .map((record) => record.offset)
      expect(ofHeld).toEqual(numbers(ofHeld.length))
      await consumer.stop()
    })

    it('loses nothing and hands over next to nothing twice when members join and leave', async () => {
      const topic = await port.createTopic(4)
      const handled: IncomingRecord[] = []
      const member = () =>
        port.consume({
          topic,
          group: `${topic}-g`,
          batchRecords: 10,
          handle: async (records) => {
            // Slow enough that the others come and go in the middle of it.
            await new Promise((resolve) => setTimeout(resolve, 20))
            handled.push(...records)
          },
        })
      await port
        .publisher()
        .publishAll(numbers(2000).map((value) => ({ topic, key: value, value, headers: {} })))
      const first = await member()
      await until('the first records', () => handled.length > 0)
      const second = await member()
      const third = await member()
      const started = performance.now()
      await second.stop()
      expect(performance.now() - started).toBeLessThan(2000)
      await until('every record', () => new Set(handled.map(textOf)).size === 2000)
      await Promise.all([first.stop(), third.stop()])
      // Told by their place, for a record may lie twice in the log. A commit may fail while the group rebalances: then
      // a batch of a partition comes again, but not all that was read since the last rebalance.
      expect(handled.length - new Set(handled.map(originOf)).size).toBeLessThanOrEqual(4 * 10)
    })

    it('on stopping finishes what is in hand, commits it, and begins nothing more', async () => {
      const topic = await port.createTopic(1)
      const group = `${topic}-g`
      await publish(topic, numbers(20))
      const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()
      const handled: string[] = []
      let begun = 0
      const first = await port.consume({
        topic,
        group,
        batchRecords: 5,
        handle: async (records) => {
          begun += 1
          await mayEnd
          handled.push(...records.map(textOf))
        },
      })
      await until('work in hand', () => begun === 1)
      const stopping = first.stop()
      end()
      await stopping
      expect([begun, handled]).toEqual([1, numbers(5)])
      const second = await port.consume({
        topic,
        group,
        handle: async (records) => void handled.push(...records.map(textOf)),
      })
      await until('the rest', () => handled.length >= 20)
      expect(handled).toEqual(numbers(20))
      await second.stop()
    })

    it('stops at once while a partition is held, and hands nothing over afterwards', async () => {
      const topic = await port.createTopic(1)
      await publish(topic, ['poison'])
      let tries = 0
      const consumer = await port.consume({
        topic,
        group: `${topic}-g`,
        handle: async () => {
          tries += 1
          throw new Error('away')
        },
      })
      await until('a failure', () => tries > 0)
      const started = performance.now()
      await consumer.stop()
      expect(performance.now() - started).toBeLessThan(2000)
      const before = tries
      await publish(topic, ['later'])
      expect(tries).toBe(before)
    })

    it('refuses a topic that does not exist, and takes it once it does', async () => {
      const topic = await port.createTopic(1)
      const handle = async () => {}
      await expect(port.consume({ topic: `${topic}-absent`, group: `${topic}-g`, handle })).rejects.toThrow()
      const consumer = await port.consume({ topic, group: `${topic}-g`, handle })
      await until('readiness', () => consumer.isReady())
      await consumer.stop()
    })

    it('hands over no more at once than was asked for', async () => {
      const topic = await port.createTopic(1)
      await publish(topic, numbers(50))
      const sizes: number[] = []
      const consumer = await port.consume({
        topic,
        group: `${topic}-g`,
        batchRecords: 7,
        handle: async (records) => void sizes.push(records.length),
      })
      await until('all of them', () => sizes.reduce((sum, size) => sum + size, 0) === 50)
      expect(Math.max(...sizes)).toBe(7)
      await consumer.stop()
    })
  })
}
