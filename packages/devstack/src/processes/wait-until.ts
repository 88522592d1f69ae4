import { setTimeout as sleep } from 'node:timers/promises'

interface WaitOptions {
  readonly what: string
  readonly deadlineMs: number
  readonly everyMs?: number
}

/** Polls until `probe` gives something other than undefined or false; throws with `what` and the last error at the deadline. */
export const waitUntil = async <T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { what, deadlineMs, everyMs = 50 }: WaitOptions,
): Promise<T> => {
  const end = Date.now() + deadlineMs
  let last: unknown
  for (;;) {
    try {
      const value = await probe()
      if (value !== undefined && value !== false) return value
    } catch (error) {
      last = error
    }
    if (Date.now() >= end) {
      const why = last instanceof Error ? `: ${last.message}` : ''
      throw new Error(`${what}: not within ${deadlineMs / 1000} s${why}`, { cause: last })
    }
    await sleep(everyMs)
  }
}
