/** Exponential with full jitter on the upper half: `base·2ⁿ`, capped, times 0.5…1. Milliseconds. */
export const backoffMs = (
  attempt: number,
  options: { readonly base: number; readonly max: number },
): number => Math.min(options.max, options.base * 2 ** Math.min(attempt, 30)) * (0.5 + Math.random() / 2)

/** Resolves after `ms`, or at once when `signal` aborts. Keeps the process alive: somebody waits for it. */
export const delay = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal?.addEventListener('abort', finish, { once: true })
  })

/** Waits for `work`, but no longer than that; work that goes on is not stopped. Rejects if `work` does so in time. */
export const atMost = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const done = new AbortController()
  try {
    await Promise.race([work, delay(ms, done.signal)])
  } finally {
    done.abort()
  }
}
