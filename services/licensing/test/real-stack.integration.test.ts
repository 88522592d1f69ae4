import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { canonical } from '@keyflow/contracts'
import fc from 'fast-check'
import { createMemoryFold, factsOf } from './history/fold-in-memory.ts'
import { historiesOf } from './history/generate-history.ts'
import type { StripeEvent } from './history/stripe-account.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const HISTORIES = 1000

/** What the stack and the pure fold must agree on. */
const essence = (license: Record<string, unknown>): string => {
  const {
    id,
    billing,
    reason,
    granted,
    validThrough,
    trialEndsAt,
    cancelAt,
    price,
    quantity,
    terms,
    axes,
    keyVersion,
  } = license
  return canonical({
    id,
    billing,
    reason,
    granted,
    validThrough,
    trialEndsAt,
    cancelAt,
    price,
    quantity,
    terms,
    axes,
    keyVersion,
  })
}

describe('a thousand lives through a real Kafka and a real MongoDB', () => {
  let licensing: RunningLicensing
  beforeAll(async () => {
    licensing = await runLicensing({ CATALOG_FILE: '' })
    await licensing.start()
  })
  afterAll(async () => {
    await licensing.stop()
  })

  it('end in the licenses that the pure fold gives', async () => {
    const memory = createMemoryFold({ ...licensing.rules })
    const sent: { event: StripeEvent; key: string }[] = []
    for (let index = 0; index < HISTORIES; index += 1) {
      const [history] = fc.sample(historiesOf(`r${index}x`), { numRuns: 1, seed: index })
      if (history === undefined) continue
      const { events } = history.account
      for (const event of events) memory.fold([{ id: event.id, facts: factsOf(event) }], event.created * 1000)
      // Two deliveries of everything, the second backwards, on keys that split one buyer over partitions.
      for (const event of events) sent.push({ event, key: `${index}` })
      for (const event of [...events].reverse()) sent.push({ event, key: event.id })
    }
    const keys = new Map(sent.map(({ event, key }) => [event, key]))
    for (let at = 0; at < sent.length; at += 4000)
      await licensing.publish(
        sent.slice(at, at + 4000).map(({ event }) => event),
        (event) => keys.get(event) ?? '',
      )
    const licenses = licensing.store.db.collection('licenses')
    const mine = async (): Promise<string[]> =>
      (await licenses.find({ supersededBy: null }).toArray())
        .map(({ _id, ...rest }) => essence({ id: _id, ...rest }))
        .sort()
    const expected = [...memory.licenses.values()]
      .filter((l) => l.supersededBy === null)
      .map((l) => essence({ ...l }))
      .sort()
    await until('everything is folded', async () => (await mine()).join() === expected.join(), 150_000).catch(
      () => false,
    )
    expect(await mine()).toEqual(expected)
    expect(expected.length).toBeGreaterThan(HISTORIES)
    await until(
      'every key is told',
      () =>
        new Set(
          licensing
            .events()
            .filter((e) => e.type === 'license.issued')
            .map((e) => e.licenseId),
        ).size >= [...memory.licenses.values()].filter((l) => l.granted && l.supersededBy === null).length,
    )
    // A sweeper may publish a row again that its owner is late to acknowledge: it is the same event, by its id.
    const issued = licensing.events().filter((e) => e.type === 'license.issued')
    expect(new Set(issued.map((e) => e.id)).size).toBe(new Set(issued.map((e) => e.licenseId)).size)
    expect(licensing.deadLetters()).toEqual([])
  }, 240_000)
})
