import { MONGO_OUTAGE, MONGO_TRANSIENT, NODE_TRANSIENT } from './transient-codes.ts'

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

interface Shape {
  readonly name?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly hasErrorLabel?: unknown
}

/** Total: whatever is thrown gets a kind. Unknown things are bugs. */
export const classify = (error: unknown): FailureKind => {
  try {
    return classifyDeep(error, 0)
  } catch {
    // Somebody threw an object whose own properties throw.
    return 'bug'
  }
}

const DEEPEST_CAUSE = 4

const classifyDeep = (error: unknown, depth: number): FailureKind => {
  if (error instanceof KeyflowError) return error.kind
  if (typeof error !== 'object' || error === null || depth > DEEPEST_CAUSE) return 'bug'
  const e = error as Shape
  const name = typeof e.name === 'string' ? e.name : ''
  if (MONGO_OUTAGE.has(name)) return 'transient'
  if (name.startsWith('Mongo')) return classifyMongo(e, depth)
  if (name.startsWith('KafkaJS')) return 'transient'
  // A deadline or a shutdown ended the call, whatever it was: nothing is known of its input.
  if (name === 'TimeoutError' || name === 'AbortError') return 'transient'
  if (typeof e.code === 'string' && NODE_TRANSIENT.has(e.code)) return 'transient'
  if (Array.isArray(e.errors) && e.errors.length > 0)
    return worst(e.errors.map((one) => classifyDeep(one, depth + 1)))
  return e.cause === undefined ? 'bug' : classifyDeep(e.cause, depth + 1)
}

/** Of several failures at once: waiting mends them only if it mends all. */
const worst = (kinds: readonly FailureKind[]): FailureKind =>
  kinds.includes('bug') ? 'bug' : kinds.includes('invalid') ? 'invalid' : 'transient'

const RETRYABLE_LABELS = [
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
  'RetryableWriteError',
]

const classifyMongo = (e: Shape, depth: number): FailureKind => {
  if (typeof e.code === 'number' && MONGO_TRANSIENT.has(e.code)) return 'transient'
  if (RETRYABLE_LABELS.some((label) => hasErrorLabel(e, label))) return 'transient'
  return typeof e.cause === 'object' && e.cause !== null ? classifyDeep(e.cause, depth + 1) : 'bug'
}

/** Whether the MongoDB server (or its driver) put that label on an error. */
export const hasErrorLabel = (error: unknown, label: string): boolean => {
  const has = (error as Shape | null | undefined)?.hasErrorLabel
  return typeof has === 'function' && has.call(error, label) === true
}

/** Short stable code for metrics and dead letters. */
export const failureCode = (error: unknown): string => {
  if (error instanceof KeyflowError) return error.code
  return nameOf(error)
    .replace(/[^A-Za-z0-9]+/g, '_')
    .slice(0, 60)
}

const nameOf = (error: unknown): string => {
  try {
    if (!(error instanceof Error)) return error === null ? 'null' : typeof error
    return typeof error.name === 'string' && /[A-Za-z0-9]/.test(error.name) ? error.name : 'Error'
  } catch {
    return 'unreadable'
  }
}
