import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import kafkajs from 'kafkajs'
import {
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  type TopologyDescription,
} from 'mongodb'
import { classify, failureCode, KeyflowError } from './classify.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
const labeled = new MongoServerError({
  message: 'conflict',
  code: 112,
  errorLabels: ['TransientTransactionError'],
})

describe('classification of failures', () => {
  it.each([
    ['a refused connection', refused],
    ['a lost MongoDB', new MongoNetworkError('connection lost')],
    ['no primary', new MongoServerSelectionError('none', {} as TopologyDescription)],
    ['a write conflict', labeled],
    ['a time limit of the server', new MongoServerError({ message: 'slow', code: 50 })],
    ['a Kafka error', new kafkajs.KafkaJSConnectionError('down', {})],
    ['one that wraps an outage', new TypeError('fetch failed', { cause: refused })],
    ['one of ours that says so', new KeyflowError('transient', 'AWAY', 'away')],
  ])('waits for %s', (_what, error) => {
    expect(classify(error)).toBe('transient')
  })

  it.each([
    ['a duplicate key', new MongoServerError({ message: 'dup', code: 11_000 })],
    ['a document that fails validation', new MongoServerError({ message: 'invalid', code: 121 })],
    ['a TypeError', new TypeError('x is not a function')],
    ['a thrown string', 'oops'],
    ['nothing at all', undefined],
  ])('does not wait for %s', (_what, error) => {
    expect(classify(error)).toBe('bug')
  })

  it('takes the kind that an error of ours carries', () => {
    expect(classify(new KeyflowError('invalid', 'BAD', 'bad'))).toBe('invalid')
    expect(failureCode(new KeyflowError('invalid', 'BAD', 'bad'))).toBe('BAD')
  })

  it('is total: anything that may be thrown gets a kind and a short code', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => {
        expect(['transient', 'invalid', 'bug']).toContain(classify(thrown))
        expect(failureCode(thrown)).toMatch(/^\w{1,60}$/)
      }),
    )
  })

  it('ends on errors that are their own cause', () => {
    const loop = new Error('loop')
    loop.cause = loop
    expect(classify(loop)).toBe('bug')
  })
})
