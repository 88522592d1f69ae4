import { createHash } from 'node:crypto'
import type { JsonObject } from '../json.ts'
import { StripeError } from './stripe-error.ts'

export interface Replay {
  readonly status: number
  readonly body: JsonObject
}

interface Remembered extends Replay {
  readonly request: string
}

const CAPACITY = 5_000

/** Answers of requests that carried an `Idempotency-Key`; the oldest are forgotten first. */
export interface Idempotency {
  /** The earlier answer, undefined when the key is new. Throws when the key was used for another request. */
  readonly recall: (key: string, request: string) => Replay | undefined
  readonly remember: (key: string, request: string, replay: Replay) => void
}

const digest = (request: string): string => createHash('sha256').update(request).digest('base64')

/** Kept in memory: a key is forgotten with a restart. */
export const createIdempotency = (): Idempotency => {
  const answers = new Map<string, Remembered>()
  return {
    recall: (key, request) => {
      const found = answers.get(key)
      if (found === undefined) return undefined
      if (found.request !== digest(request))
        throw new StripeError({
          status: 400,
          type: 'idempotency_error',
          message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        })
      return found
    },
    remember: (key, request, replay) => {
      answers.set(key, { ...replay, request: digest(request) })
      if (answers.size <= CAPACITY) return
      const [oldest] = answers.keys()
      if (oldest !== undefined) answers.delete(oldest)
    },
  }
}
