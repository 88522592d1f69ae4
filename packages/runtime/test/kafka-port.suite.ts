import { describe, expect, it } from '@jest/globals'
import { waitUntil } from '@keyflow/devstack'
import type { ConsumerRunner, IncomingRecord, RecordPublisher } from '@keyflow/runtime'

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
      const bytes = new Uint8Array([0, 255, 128, 10, 13, 0])
      await port
        .publisher()
        .publish({ topic, key: 'bytes', value: bytes, headers: { ce_id: 'evt_1', 'x-utf8': 'grüß' } })
      await Promise.all(
        numbers(200).map((value) => port.publisher().publish({ topic, key: 'ordered', value, headers: {} })),
      )
      await until('all of them', () => seen.length === 201)
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

    it('loses nothing when a second member joins, and stops within 3 s', async () => {
      const topic = await port.createTopic(4)
      const group = `${topic}-g`
      const seen = new Set<string>()
      const member = () =>
        port.consume({
          topic,
          group,
          batchRecords: 10,
          handle: async (records) => records.forEach((r) => void seen.add(textOf(r))),
        })
      const first = await member()
      const values = numbers(400)
      const half = values.map((value, at) => ({ topic, key: String(at), value, headers: {} }))
      await port.publisher().publishAll(half.slice(0, 200))
      const second = await member()
      await port.publisher().publishAll(half.slice(200))
      await until('every record', () => seen.size === 400)
      const started = performance.now()
      await Promise.all([first.stop(), second.stop()])
      expect(performance.now() - started).toBeLessThan(3000)
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
