import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { crc32c } from './crc32c.ts'
import { partitionByKey } from './partition-by-key.ts'
import { encodeProduce, type ProducedMessage, type ProducedTopic } from './produce-encoding.ts'

const require = createRequire(import.meta.url)
const theirRequest = require('kafkajs/src/protocol/requests/produce/v7/request.js')
const theirChecksum = require('kafkajs/src/protocol/recordBatch/crc32C/index.js')
const theirPartitioner = require('kafkajs/src/producer/partitioners/index.js').DefaultPartitioner

const NOW = 1_795_509_300_474
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const text = fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'grapheme', maxLength: 80 }))
const value = fc.oneof(bytes(100), text)
const message: fc.Arbitrary<ProducedMessage> = fc.record({
  key: fc.option(value),
  value: fc.oneof(bytes(300), text, fc.constant(null)),
  headers: fc.dictionary(text, fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxKeys: 6 }),
})
const topics: fc.Arbitrary<ProducedTopic[]> = fc.array(
  fc.record({
    topic: fc.string({ minLength: 1, maxLength: 40 }),
    partitions: fc.array(
      fc.record({
        partition: fc.nat({ max: 500 }),
        messages: fc.array(message, { minLength: 1, maxLength: 90 }),
      }),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 2 },
)

const bodyOf = (topicData: readonly ProducedTopic[]): Buffer => {
  const { bytes: encoded, start } = encodeProduce({ acks: -1, timeout: 2000, topicData }, NOW)
  return encoded.subarray(start)
}

describe('the Produce encoder', () => {
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(NOW)
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })

  it('writes the very bytes that kafkajs writes, for any keys, values and headers', async () => {
    await fc.assert(
      fc.asyncProperty(topics, async (topicData) => {
        const theirs = await theirRequest({ acks: -1, timeout: 2000, producerId: -1, topicData }).encode()
        expect(bodyOf(topicData).equals(theirs.buffer)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it.each([63, 64, 8191, 8192, 1_048_575, 1_048_576])(
    'writes lengths around a varint boundary right: %i bytes',
    async (length) => {
      const message = { key: 'k'.repeat(64), value: Buffer.alloc(length, 7), headers: { h: 'v'.repeat(63) } }
      const topicData = [{ topic: 't', partitions: [{ partition: 0, messages: [message] }] }]
      const theirs = await theirRequest({ acks: -1, timeout: 2000, producerId: -1, topicData }).encode()
      expect(bodyOf(topicData).equals(theirs.buffer)).toBe(true)
    },
  )
})

describe('the checksum', () => {
  it('is the one of the specification for "123456789"', () => {
    expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283)
  })

  it('agrees with kafkajs for any bytes at any alignment', () => {
    fc.assert(
      fc.property(bytes(200), fc.nat(9), fc.nat(9), (buffer, from, cut) => {
        const start = Math.min(from, buffer.length)
        const end = Math.max(start, buffer.length - cut)
        expect(crc32c(buffer, start, end)).toBe(theirChecksum(buffer.subarray(start, end)))
      }),
    )
  })
})

describe('the partitioner', () => {
  const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, leader: 1 }))
  const choose = (partitioner: (args: never) => number, message: object): number =>
    partitioner({ topic: 't', partitionMetadata, message } as never)

  it('sends a key where the default partitioner of kafkajs and of Java sends it', () => {
    const ours = partitionByKey()
    const theirs = theirPartitioner()
    fc.assert(
      fc.property(value, (key) => {
        expect(choose(ours, { key })).toBe(choose(theirs, { key }))
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps a partition that is asked for, and spreads records without a key over those that have a leader', () => {
    const ours = partitionByKey()
    expect(choose(ours, { key: 'k', partition: 7 })).toBe(7)
    const seen = new Set(Array.from({ length: 24 }, () => choose(ours, { key: null })))
    expect(seen.size).toBe(12)
  })
})
