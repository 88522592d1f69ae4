import { describe, expect, it } from '@jest/globals'
import { coalesce } from './coalescing-publisher.ts'
import type { BatchSender } from './reconnecting-sender.ts'
import type { OutgoingRecord } from './records.ts'

const record = (name: string, bytes = 3): OutgoingRecord => ({
  topic: 't',
  key: name,
  value: Buffer.alloc(bytes),
  headers: {},
})

/** A broker whose answers the test gives, one produce request at a time. */
const createFakeBroker = () => {
  const requests: { readonly keys: readonly (string | null)[]; readonly answer: (error?: Error) => void }[] =
    []
  let arrived: (() => void) | undefined
  let closed = false
  const sender: BatchSender = {
    send: (records) =>
      new Promise((resolve, reject) => {
        const keys = records.map(({ key }) => key)
        requests.push({ keys, answer: (error) => (error === undefined ? resolve() : reject(error)) })
        arrived?.()
      }),
    close: async () => {
      closed = true
    },
  }
  const request = async (index: number) => {
    while (requests.length <= index)
      await new Promise<void>((resolve) => {
        arrived = resolve
      })
    return requests[index] as (typeof requests)[number]
  }
  return { sender, requests, request, isClosed: () => closed }
}

const FAST = { backoff: { base: 1, max: 1 } }

describe('the coalescing publisher', () => {
  it('sends records that are handed over together as one request, in their order', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender)
    const done = Promise.all(['a', 'b', 'c'].map((name) => publisher.publish(record(name))))
    const first = await broker.request(0)
    expect(first.keys).toEqual(['a', 'b', 'c'])
    first.answer()
    await done
  })

  it('has one request in flight at most; what arrives meanwhile travels together in the next', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender)
    const a = publisher.publish(record('a'))
    const first = await broker.request(0)
    const rest = Promise.all(['b', 'c'].map((name) => publisher.publish(record(name))))
    await new Promise(setImmediate)
    expect(broker.requests).toHaveLength(1)
    expect(publisher.inFlight()).toBe(3)
    first.answer()
    await a
    const second = await broker.request(1)
    expect(second.keys).toEqual(['b', 'c'])
    second.answer()
    await rest
    expect(publisher.inFlight()).toBe(0)
  })

  it('lets records gather after a request, in proportion to it; one that comes alone never waits', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, { gather: { perRecord: 30, max: 30 } })
    const started = performance.now()
    const a = publisher.publish(record('a'))
    ;(await broker.request(0)).answer()
    await a
    expect(performance.now() - started).toBeLessThan(25)
    const b = publisher.publish(record('b'))
    await new Promise(setImmediate)
    const c = publisher.publish(record('c'))
    const second = await broker.request(1)
    expect(performance.now() - started).toBeGreaterThan(25)
    expect(second.keys).toEqual(['b', 'c'])
    second.answer()
    await Promise.all([b, c])
  })

  it('bounds a request by records and by bytes, but always takes one record', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, { maxBatchRecords: 2, maxBatchBytes: 10 })
    const records = [record('a'), record('b'), record('c', 8), record('d', 8), record('e', 100)]
    const done = Promise.all(records.map((one) => publisher.publish(one)))
    const sizes: number[] = []
    for (let i = 0; sizes.reduce((sum, n) => sum + n, 0) < records.length; i += 1) {
      const request = await broker.request(i)
      sizes.push(request.keys.length)
      request.answer()
    }
    await done
    expect(sizes).toEqual([2, 1, 1, 1])
  })

  it('resolves only when the request has been acknowledged', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender)
    let acknowledged = false
    const done = publisher.publish(record('a')).then(() => {
      acknowledged = true
    })
    const request = await broker.request(0)
    await new Promise(setImmediate)
    expect(acknowledged).toBe(false)
    request.answer()
    await done
    expect(acknowledged).toBe(true)
  })

  it('sends a failed request again until one succeeds', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, FAST)
    const done = publisher.publish(record('a'))
    ;(await broker.request(0)).answer(new Error('connection lost'))
    const again = await broker.request(1)
    expect(again.keys).toEqual(['a'])
    again.answer()
    await done
  })

  it('gives up after the last attempt with a transient error that names the cause', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, { ...FAST, maxAttempts: 2 })
    const done = publisher.publish(record('a'))
    const cause = new Error('connection lost')
    for (const attempt of [0, 1]) (await broker.request(attempt)).answer(cause)
    await expect(done).rejects.toMatchObject({ kind: 'transient', code: 'KAFKA_UNAVAILABLE', cause })
  })

  it('rejects at the deadline while a request hangs, and does not send again what nobody waits for', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, FAST)
    const hanging = publisher.publish(record('hangs'), { deadlineMs: 20 })
    const patient = publisher.publish(record('patient'))
    const first = await broker.request(0)
    const queued = publisher.publish(record('queued'), { deadlineMs: 20 })
    await expect(hanging).rejects.toMatchObject({ kind: 'transient', code: 'KAFKA_TIMEOUT' })
    await expect(queued).rejects.toMatchObject({ code: 'KAFKA_TIMEOUT' })
    expect(publisher.inFlight()).toBe(2)
    first.answer(new Error('request timed out'))
    const second = await broker.request(1)
    expect(second.keys).toEqual(['patient'])
    second.answer()
    await patient
    expect(broker.requests).toHaveLength(2)
  })

  it('rejects at once what would make the queue longer than allowed', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, { maxQueued: 1 })
    const first = publisher.publish(record('a'))
    await expect(publisher.publish(record('b'))).rejects.toMatchObject({ code: 'OVERLOADED' })
    ;(await broker.request(0)).answer()
    await first
  })

  it('tells of the first failure when many are published, after all are settled', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, { maxBatchRecords: 1, maxAttempts: 1 })
    const done = publisher.publishAll([record('a'), record('b')])
    ;(await broker.request(0)).answer(new Error('lost'))
    ;(await broker.request(1)).answer()
    await expect(done).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
  })

  it('on closing takes nothing more, waits for what is in hand, then disconnects', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender)
    const inHand = publisher.publish(record('a'))
    const request = await broker.request(0)
    const closing = publisher.close()
    await expect(publisher.publish(record('b'))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
    expect(broker.isClosed()).toBe(false)
    request.answer()
    await inHand
    await closing
    expect(broker.isClosed()).toBe(true)
  })

  it('on closing does not wait for a broker that never answers', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, { closeMs: 20 })
    const stuck = publisher.publish(record('a'))
    await broker.request(0)
    const [, outcome] = await Promise.all([publisher.close(), stuck.catch((error: unknown) => error)])
    expect(outcome).toMatchObject({ code: 'SHUTTING_DOWN' })
    expect(broker.isClosed()).toBe(true)
  })

  it('finds the record that the broker refuses, and delivers its company', async () => {
    const broker = createFakeBroker()
    const publisher = coalesce(broker.sender, FAST)
    const outcomes = Promise.allSettled(['a', 'huge', 'c'].map((name) => publisher.publish(record(name))))
    const refusal = Object.assign(new Error('refused'), { type: 'MESSAGE_TOO_LARGE' })
    ;(await broker.request(0)).answer(refusal)
    expect(publisher.inFlight()).toBe(3)
    for (const [index, key] of ['a', 'huge', 'c'].entries()) {
      const alone = await broker.request(index + 1)
      expect(alone.keys).toEqual([key])
      alone.answer(key === 'huge' ? refusal : undefined)
    }
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(broker.requests).toHaveLength(4)
    expect(publisher.inFlight()).toBe(0)
  })
})
