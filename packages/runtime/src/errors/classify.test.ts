import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSProtocolError } from 'kafkajs'
import * as mongodb from 'mongodb'
import { classify, failureCode, KeyflowError } from './classify.ts'

const { MongoServerError } = mongodb

const withLabel = (label: string) => new MongoServerError({ message: 'x', errorLabels: [label] })

/** The pool's errors, which the driver does not export. */
const pools = createRequire(import.meta.url)('mongodb/lib/cmap/errors.js') as Record<
  'PoolClearedError' | 'PoolClearedOnNetworkError' | 'PoolClosedError' | 'WaitQueueTimeoutError',
  new (
    ...args: unknown[]
  ) => Error
>
const POOL = { address: '127.0.0.1:27017', serverError: undefined }

const TRANSIENT: readonly (readonly [string, unknown])[] = [
  ['a connection of MongoDB that broke', new mongodb.MongoNetworkError('connection closed')],
  ['a MongoDB server that does not answer', new mongodb.MongoNetworkTimeoutError('timed out')],
  ['no primary', new mongodb.MongoServerSelectionError('no primary', {} as mongodb.TopologyDescription)],
  ['a closed client', new mongodb.MongoTopologyClosedError('closed')],
  ['an expired session', new mongodb.MongoExpiredSessionError('expired')],
  ['a server without a connection', new mongodb.MongoNotConnectedError('not connected')],
  ['a pool that was cleared', new pools.PoolClearedError(POOL)],
  ['a pool that was cleared under a running operation', new pools.PoolClearedOnNetworkError(POOL)],
  ['a pool that was closed', new pools.PoolClosedError(POOL)],
  ['a pool without a free connection', new pools.WaitQueueTimeoutError('busy', 'host')],
  ['a write conflict', new MongoServerError({ message: 'conflict', code: 112 })],
  ['a primary that steps down', new MongoServerError({ message: 'stepped down', code: 189 })],
  [
    'a time limit inside a transaction, which has no label',
    new MongoServerError({ message: 'limit', code: 50 }),
  ],
  ['a majority that does not acknowledge', new MongoServerError({ message: 'wtimeout', code: 64 })],
  ['a role that was taken away', new MongoServerError({ message: 'not authorized', code: 13 })],
  ['a transaction that may run again', withLabel('TransientTransactionError')],
  ['a commit of unknown result', withLabel('UnknownTransactionCommitResult')],
  ['a lost connection to a broker', new KafkaJSConnectionError('closed')],
  ['a refused produce request', new KafkaJSNonRetriableError('not leader')],
  ['a refused fetch', new KafkaJSProtocolError(new Error('not leader'))],
  ['a call that reached its time limit', new DOMException('timed out', 'TimeoutError')],
  ['a call that shutdown ended', new DOMException('aborted', 'AbortError')],
  ['a machine without free file handles', Object.assign(new Error('too many'), { code: 'EMFILE' })],
  ['a certificate that ran out', Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' })],
  [
    'every address of a host refusing',
    new AggregateError([Object.assign(new Error('v4'), { code: 'ECONNREFUSED' }), { code: 'ENETUNREACH' }]),
  ],
]

const BUGS: readonly (readonly [string, unknown])[] = [
  ['a type error', new TypeError('x is undefined')],
  ['a plain error', new Error('no idea')],
  ['a unique index that refuses', new MongoServerError({ message: 'dup', code: 11_000 })],
  ['a validator that refuses', new MongoServerError({ message: 'failed validation', code: 121 })],
  ['a call that MongoDB does not know', new mongodb.MongoInvalidArgumentError('what?')],
  ['a text', 'thrown as text'],
  ['nothing', undefined],
  ['null', null],
  [
    'several failures of which waiting mends one',
    new AggregateError([new Error('bug'), { code: 'ECONNRESET' }]),
  ],
]

describe('classify', () => {
  it.each(TRANSIENT)('waits for %s', (_, error) => {
    expect(classify(error)).toBe('transient')
  })

  it.each(BUGS)('takes %s for a bug', (_, error) => {
    expect(classify(error)).toBe('bug')
  })

  it('takes the word of our own errors', () => {
    for (const kind of ['transient', 'invalid', 'bug'] as const)
      expect(classify(new KeyflowError(kind, 'CODE', 'text'))).toBe(kind)
  })

  it('looks for the reason behind a wrapper, as fetch makes one', async () => {
    // A port that was free a moment ago; fetch refuses the well-known ones by itself.
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const failed = await fetch(`http://127.0.0.1:${port}`).catch((error: unknown) => error)
    expect(failed).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
    expect(classify(failed)).toBe('transient')
    const invalid = new KeyflowError('invalid', 'BAD', 'no')
    expect(classify(new Error('outer', { cause: new Error('inner', { cause: invalid }) }))).toBe('invalid')
  })

  it('waits for a socket that nobody listens on', async () => {
    const failed = await new Promise((resolve) => connect(1, '127.0.0.1').once('error', resolve))
    expect(classify(failed)).toBe('transient')
  })

  it('waits for a server of MongoDB that is not there, whatever the driver calls that', async () => {
    const client = new mongodb.MongoClient('mongodb://127.0.0.1:1/?directConnection=true', {
      serverSelectionTimeoutMS: 50,
    })
    const failed = await client
      .db('x')
      .command({ ping: 1 })
      .catch((error: unknown) => error)
    await client.close()
    expect(classify(failed)).toBe('transient')
  })

  it('ends on a circle of causes', () => {
    const error = new Error('circle')
    error.cause = error
    expect(classify(error)).toBe('bug')
  })
})

describe('failureCode', () => {
  it("is our own error's code, and another error's name", () => {
    expect(failureCode(new KeyflowError('invalid', 'NOT_JSON', 'text'))).toBe('NOT_JSON')
    expect(failureCode(new TypeError('x'))).toBe('TypeError')
    expect(failureCode(new MongoServerError({ message: 'x' }))).toBe('MongoServerError')
  })

  it('never holds what the error says', () => {
    expect(failureCode('ada@example.com')).toBe('string')
    expect(failureCode(new Error('ada@example.com'))).toBe('Error')
  })
})
