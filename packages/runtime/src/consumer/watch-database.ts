import { delay } from '../errors/backoff.ts'
import { KeyflowError } from '../errors/classify.ts'
import type { Store } from '../mongo/client.ts'
import { readGeneration } from '../mongo/generation.ts'

const LOOK_MS = 2000

export interface DatabaseWatch {
  /** false once the database no longer knows itself: it was wiped, and what it answers is not to be believed. */
  readonly isOurs: () => boolean
  readonly stop: () => Promise<void>
}

/** Looks whether the database is still the one to use; `onReplaced` is called once when another took its place. */
export const watchDatabase = (store: Store, onReplaced: (error: Error) => void): DatabaseWatch => {
  const stopping = new AbortController()
  let isOurs = true
  const look = async (): Promise<boolean> => {
    const generation = await readGeneration(store)
    isOurs = generation !== null
    return generation?.state === 'retired' && generation.next !== null
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(LOOK_MS, stopping.signal)
      if (stopping.signal.aborted) return
      // An outage says nothing about whose database it is.
      if (await look().catch(() => false)) {
        onReplaced(
          new KeyflowError('transient', 'DATABASE_REPLACED', 'another database took the place of this one'),
        )
        return
      }
    }
  }
  const running = loop()
  return {
    isOurs: () => isOurs,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
