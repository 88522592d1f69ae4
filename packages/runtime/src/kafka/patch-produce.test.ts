import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import { patchProduce } from './patch-produce.ts'

const require = createRequire(import.meta.url)
const produce = require('kafkajs/src/protocol/requests/produce/index.js')
const createRequest = require('kafkajs/src/protocol/request.js')

const topicData = [
  {
    topic: 'stripe.events',
    partitions: [
      { partition: 3, messages: [{ key: 'k', value: Buffer.alloc(5000, 1), headers: { a: 'b' } }] },
    ],
  },
]
const args = { acks: -1, timeout: 2000, producerId: -1, topicData }
const head = { correlationId: 77, clientId: 'keyflow-test' }

/** Whole request; what depends on the instant at which it was made is set to 0. */
const requestOf = async (extra: object = {}): Promise<Buffer> => {
  const { request } = produce.protocol({ version: 7 })({ ...args, ...extra })
  const { buffer } = await createRequest({ ...head, request })
  const batch = buffer.indexOf(Buffer.from('stripe.events')) + 'stripe.events'.length + 12
  buffer.fill(0, batch + 17, batch + 21)
  buffer.fill(0, batch + 27, batch + 43)
  return buffer
}

describe('the patched Produce request', () => {
  it('is the request that kafkajs would have sent, head and all', async () => {
    const theirs = await requestOf()
    const withoutCompression = await requestOf({ compression: 0 })
    patchProduce()
    patchProduce()
    expect((await requestOf()).equals(theirs)).toBe(true)
    expect((await requestOf({ compression: 0 })).equals(withoutCompression)).toBe(true)
  })

  it('is left to kafkajs where it carries a sequence, a compression or a time of its own', async () => {
    patchProduce()
    for (const extra of [
      { producerId: 5 },
      { compression: 1 },
      { transactionalId: 'tx' },
      {
        topicData: [
          {
            topic: 'stripe.events',
            partitions: [
              { partition: 0, messages: [{ key: 'k', value: Buffer.from('v'), timestamp: '1000' }] },
            ],
          },
        ],
      },
    ]) {
      const { request } = produce.protocol({ version: 7 })({ ...args, ...extra })
      expect(await request.encode()).not.toHaveProperty('adopted')
    }
    const { request } = produce.protocol({ version: 7 })(args)
    expect(await request.encode()).toHaveProperty('adopted')
  })
})
