/** Timers that can all be cancelled at once, so that a stopped sandbox leaves nothing behind. */
export interface Timers {
  readonly after: (milliseconds: number, run: () => void) => void
  readonly cancelAll: () => void
}

/** An empty set of timers. */
export const createTimers = (): Timers => {
  const pending = new Set<NodeJS.Timeout>()
  return {
    after: (milliseconds, run) => {
      const timer = setTimeout(() => {
        pending.delete(timer)
        run()
      }, milliseconds)
      pending.add(timer)
    },
    cancelAll: () => {
      for (const timer of pending) clearTimeout(timer)
      pending.clear()
    },
  }
}
