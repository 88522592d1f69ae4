import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { EVERY_EVENT } from '../../test/every-event.ts'
import { type Mutation, mutate } from '../../test/mutations.ts'
import { factsOf } from '../../test/reading.ts'
import { asEvent, recorded } from '../../test/recorded.ts'
import { eventOf } from '../../test/stripe-payloads.ts'
import type { FactKind } from '../facts/facts.ts'
import { identitiesOf } from '../facts/identities.ts'
import { HANDLED_EVENT_TYPES } from './event-types.ts'
import { objectIdOf, partitionKeyOf } from './partition-key.ts'
import { readSnapshot } from './read-snapshot.ts'
import { type ReadResult, readStripeEvent, readStripeEventObject } from './read-stripe.ts'

/** A real body with some bytes overwritten and its end cut off. */
const corruptBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.constantFrom(...EVERY_EVENT),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
    fc.nat(20),
  )
  .map(([event, overwritten, cut]) => {
    const bytes = new TextEncoder().encode(JSON.stringify(event))
    for (const [where, byte] of overwritten) bytes[where % bytes.length] = byte
    return bytes.subarray(0, cut > 10 ? bytes.length - cut : bytes.length)
  })

const RECORDED = recorded.filter(({ type }) => !type.startsWith('object.')).map(asEvent)

const deep = (levels: number): string => `${'{"data":['.repeat(levels)}1${']}'.repeat(levels)}`

/** What somebody might put where something else belongs; objects afresh, since mutations may reach into them. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', '__proto__', 'constructor', 'x'.repeat(100_000)),
  fc.constantFrom(-1, 0, -0, 1e308, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 1.5, 1_700_000_000_000),
  fc
    .constantFrom(
      '[]',
      '{}',
      '[[]]',
      '{"id":{}}',
      '{"data":null}',
      '{"__proto__":{"polluted":1},"id":"x"}',
      deep(2_000),
    )
    .map((text) => JSON.parse(text)),
  fc.string(),
  fc.jsonValue({ maxDepth: 4 }),
)

const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.nat(),
  to: fc.oneof({ weight: 3, arbitrary: junk }, { weight: 1, arbitrary: fc.constant(undefined) }),
})

/** One of the payloads with one to four of its parts deleted or replaced. */
const mutationsOf = (payloads: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...payloads), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([payload, mutations]) => mutate(payload, mutations))

/** The fields of each kind of fact, as clean payloads give them. */
const FIELDS: ReadonlyMap<FactKind, string> = new Map(
  EVERY_EVENT.flatMap((event) =>
    factsOf(readStripeEventObject(event)).map(
      ({ kind, state }) => [kind, Object.keys(state).sort().join()] as const,
    ),
  ),
)

const PROBLEMS = ['not_json', 'not_an_event', 'malformed_object']

/** Only text, exact integers, booleans and null, however deep. */
const isPlain = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0)
  return typeof value === 'object' && Object.values(value).every(isPlain)
}

const expectWellFormed = (result: ReadResult) => {
  if (!result.ok) {
    expect(PROBLEMS).toContain(result.problem.code)
    expect(result.problem.detail.length).toBeLessThan(100)
    return
  }
  expect(result.eventId).not.toBe('')
  if (!result.handled) expect(result.facts).toEqual([])
  for (const fact of result.facts) {
    expect(isPlain(fact)).toBe(true)
    expect(fact.observed.eventId).toBe(result.eventId)
    for (const state of [fact.state, fact.before ?? fact.state]) {
      expect(Object.keys(state).sort().join()).toBe(FIELDS.get(fact.kind))
      expect(state.id).not.toBe('')
    }
    for (const identity of identitiesOf(fact)) expect(identity).not.toBe('')
  }
}

const expectTotal = (event: unknown) => {
  expectWellFormed(readStripeEventObject(event))
  expect(partitionKeyOf(event)).toMatch(/:(live|test):/)
  expect(typeof (objectIdOf(event) ?? '')).toBe('string')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
}

describe('the reader is total', () => {
  it('knows every kind of fact from our own payloads', () => {
    expect([...FIELDS.keys()].sort()).toEqual([
      'charge',
      'checkout_line_items',
      'checkout_session',
      'customer',
      'dispute',
      'invoice',
      'invoice_failure',
      'payment_link',
      'refund',
      'subscription',
      'test_clock',
    ])
    for (const event of EVERY_EVENT) expectTotal(event)
  })

  it('for every mutation of our own payloads', () => {
    fc.assert(fc.property(mutationsOf(EVERY_EVENT), expectTotal), { numRuns: 2_000 })
  })

  it('for every mutation of recorded payloads, where they are present', () => {
    const payloads = RECORDED.length > 0 ? RECORDED : EVERY_EVENT
    fc.assert(fc.property(mutationsOf(payloads), expectTotal), { numRuns: 1_000 })
  })

  it('for any JSON in place of an event or of its object', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...HANDLED_EVENT_TYPES), (value, type) => {
        expectTotal(value)
        expectTotal(eventOf(type, value))
        expectTotal(
          eventOf(
            type,
            { id: 'x_1', ...Object(value) },
            { data: { object: value, previous_attributes: value } },
          ),
        )
        expectWellFormed(readStripeEvent(JSON.stringify(value)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('for any value of the language', () => {
    fc.assert(fc.property(fc.anything(), expectTotal), { numRuns: 1_000 })
  })

  it('for any bytes and any text, as event and as snapshot', () => {
    const head = { account: 'platform', livemode: false, askedAt: 1, id: 'snap_1', subject: 'cs_1' }
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string(), corruptBytes), (body) => {
        expectWellFormed(readStripeEvent(body))
        expectWellFormed(readSnapshot({ ...head, type: 'com.stripe.snapshot.invoice' }, body))
      }),
      { numRuns: 1_000 },
    )
  })

  it('for every answer that might be kept as a snapshot', () => {
    const kinds = ['charge', 'checkout_session', 'checkout_session_line_items', 'customer', 'dispute']
    const kind = fc.constantFrom(...kinds, 'invoice', 'invoice_payments', 'refund', 'subscription')
    fc.assert(
      fc.property(kind, mutationsOf(EVERY_EVENT), (what, event) => {
        const body = JSON.stringify((event as { data?: { object?: unknown } } | null)?.data?.object ?? event)
        const type = `com.stripe.snapshot.${what}`
        expectWellFormed(
          readSnapshot(
            { type, account: 'platform', livemode: true, askedAt: 1, id: 'snap_1', subject: 'cs_1' },
            body,
          ),
        )
      }),
      { numRuns: 1_000 },
    )
  })
})
