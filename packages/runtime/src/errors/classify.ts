/**
 * What to do about a failure (design, section 7):
 * transient = wait and try again, for ever; invalid = this input can never work; bug = ours.
 */
export type FailureKind = 'transient' | 'invalid' | 'bug'

/** An error that carries its kind and a stable code. Its message never holds personal data. */
export class KeyflowError extends Error {
  readonly kind: FailureKind
  readonly code: string
  constructor(kind: FailureKind, code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'KeyflowError'
    this.kind = kind
    this.code = code
  }
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
])

/** Names of the MongoDB driver's errors that mean "the server or the way to it", not "the operation". */
const MONGO_OUTAGE = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoOperationTimeoutError',
  'MongoExpiredSessionError',
])

/** Server codes: interrupted, not primary, shutting down, write conflict, time limits, no such transaction. */
const MONGO_TRANSIENT_CODES = new Set([
  6, 7, 50, 89, 91, 112, 134, 189, 202, 251, 262, 290, 9001, 10107, 11600, 11602, 13435, 13436,
])

interface Shape {
  readonly name?: unknown
  readonly code?: unknown
  readonly retriable?: unknown
  readonly errorLabels?: unknown
  readonly cause?: unknown
  readonly hasErrorLabel?: (label: string) => boolean
}

/** Total: whatever is thrown gets a kind. Unknown things are bugs. */
export const classify = (error: unknown): FailureKind => classifyDeep(error, 0)

const classifyDeep = (error: unknown, depth: number): FailureKind => {
  if (error instanceof KeyflowError) return error.kind
  if (typeof error !== 'object' || error === null || depth > 4) return 'bug'
  const e = error as Shape
  const name = typeof e.name === 'string' ? e.name : ''
  if (name.startsWith('Mongo')) return classifyMongo(e, name)
  if (name.startsWith('KafkaJS')) return 'transient'
  if (typeof e.code === 'string' && NETWORK_CODES.has(e.code)) return 'transient'
  return e.cause === undefined ? 'bug' : classifyDeep(e.cause, depth + 1)
}

const classifyMongo = (e: Shape, name: string): FailureKind => {
  if (MONGO_OUTAGE.has(name)) return 'transient'
  if (typeof e.code === 'number' && MONGO_TRANSIENT_CODES.has(e.code)) return 'transient'
  if (typeof e.hasErrorLabel === 'function' && isRetryableLabel((label) => e.hasErrorLabel?.(label) === true))
    return 'transient'
  return 'bug'
}

const isRetryableLabel = (has: (label: string) => boolean): boolean =>
  has('TransientTransactionError') || has('UnknownTransactionCommitResult') || has('RetryableWriteError')

/** Short stable code for metrics and dead letters. */
export const failureCode = (error: unknown): string => {
  if (error instanceof KeyflowError) return error.code
  const name = error instanceof Error ? error.name : typeof error
  return name.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 60)
}
