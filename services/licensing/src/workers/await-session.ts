import { delay } from '@keyflow/runtime'

export interface AwaitSession {
  /** Tries until it finds something, the time is over, or nobody listens any more; then the last that it found. */
  readonly until: <R>(
    find: () => Promise<readonly R[]>,
    options: { readonly waitMs: number; readonly isGone: () => boolean },
  ) => Promise<readonly R[]>
}

const FIRST_MS = 100
const SLOWEST_MS = 500

/**
 * A thank-you page waits for its payment to become a license. `mostWaiting`: who comes beyond is answered at once with
 * what there is, so that a crowd costs a bounded number of look-ups.
 */
export const createAwaitSession = (mostWaiting: number): AwaitSession => {
  let waiting = 0
  return {
    until: async (find, { waitMs, isGone }) => {
      const deadline = performance.now() + waitMs
      let found = await find()
      if (found.length > 0 || waitMs === 0 || waiting >= mostWaiting) return found
      waiting += 1
      try {
        for (let every = FIRST_MS; found.length === 0; every = Math.min(SLOWEST_MS, every * 1.5)) {
          const left = deadline - performance.now()
          if (left <= 0 || isGone()) break
          await delay(Math.min(every, left))
          found = await find()
        }
        return found
      } finally {
        waiting -= 1
      }
    },
  }
}
