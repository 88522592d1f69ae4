import { describe, expect, it } from '@jest/globals'
import type { IncomingRecord } from '../kafka/records.ts'
import { createGroupCommit } from './group-commit.ts'

const records = (partition: number, count: number): IncomingRecord[] =>
  Array.from({ length: count }, (_, offset) => ({
    topic: 't',
    partition,
    offset: String(offset),
    key: null,
    value: null,
    headers: {},
    timestamp: 0,
  }))

/** A handler whose calls end when they are told to. */
const createHandler = () => {
  const calls: { size: number; end: (error?: Error) => void }[] = []
  const handle = (batch: readonly IncomingRecord[]): Promise<void> =>
    new Promise((resolve, reject) => {
      calls.push({ size: batch.length, end: (error) => (error === undefined ? resolve() : reject(error)) })
    })
  return { calls, handle }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('group commit', () => {
  it('joins what several partitions bring at once, and resolves each', async () => {
    const { calls, handle } = createHandler()
    const commit = createGroupCommit(handle, { batchRecords: 100, atOnce: 3 })
    const all = Promise.all([commit(records(0, 1)), commit(records(1, 2)), commit(records(2, 3))])
    await turn()
    expect(calls.map((call) => call.size)).toEqual([6])
    calls[0]?.end()
    await all
  })

  it('gathers while one call runs, and keeps the order of arrival', async () => {
    const { calls, handle } = createHandler()
    const commit = createGroupCommit(handle, { batchRecords: 100, atOnce: 3 })
    const first = commit(records(0, 1))
    await turn()
    const rest = Promise.all([commit(records(1, 1)), commit(records(2, 1))])
    await turn()
    expect(calls).toHaveLength(1)
    calls[0]?.end()
    await first
    await turn()
    expect(calls.map((call) => call.size)).toEqual([1, 2])
    calls[1]?.end()
    await rest
  })

  it('runs full batches side by side, never more than allowed and never larger than allowed', async () => {
    const { calls, handle } = createHandler()
    const commit = createGroupCommit(handle, { batchRecords: 10, atOnce: 2 })
    const all = Promise.all([0, 1, 2, 3].map((partition) => commit(records(partition, 10))))
    await turn()
    expect(calls.map((call) => call.size)).toEqual([10, 10])
    for (let at = 0; at < 4; at += 1) {
      calls[at]?.end()
      await turn()
    }
    await all
    expect(calls.map((call) => call.size)).toEqual([10, 10, 10, 10])
  })

  it('tells every partition of a call that failed, and goes on', async () => {
    const { calls, handle } = createHandler()
    const commit = createGroupCommit(handle, { batchRecords: 100, atOnce: 1 })
    const outcomes = Promise.allSettled([commit(records(0, 1)), commit(records(1, 1))])
    await turn()
    calls[0]?.end(new Error('away'))
    expect((await outcomes).map((o) => o.status)).toEqual(['rejected', 'rejected'])
    const next = commit(records(0, 1))
    await turn()
    calls[1]?.end()
    await next
  })

  it('waits a moment for company while records keep coming, but not for the first', async () => {
    const { calls, handle } = createHandler()
    const commit = createGroupCommit(handle, { batchRecords: 100, atOnce: 1, gatherMs: 20 })
    const first = commit(records(0, 1))
    await turn()
    expect(calls.map((call) => call.size)).toEqual([1])
    calls[0]?.end()
    await first
    const second = commit(records(0, 1))
    await turn()
    expect(calls).toHaveLength(1)
    const third = commit(records(1, 1))
    const deadline = performance.now() + 2000
    while (calls.length < 2 && performance.now() < deadline) await turn()
    expect(calls.map((call) => call.size)).toEqual([1, 2])
    calls[1]?.end()
    await Promise.all([second, third])
  })
})
