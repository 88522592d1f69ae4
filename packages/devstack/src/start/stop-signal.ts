export interface StopSignal {
  /** Settles when this process is asked to stop. */
  readonly requested: Promise<void>
  /** From now on a further request calls `force`. */
  readonly onFurther: (force: () => void) => void
}

/** One Ctrl-C arrives up to three times: from the terminal, repeated by npm and by the script that started us. */
const SAME_PRESS_MS = 1_000

/** Listens for Ctrl-C, `kill`, a closed terminal, and the death of the script that started us. */
export const listenForStop = (now: () => number = Date.now): StopSignal => {
  let firstAt: number | undefined
  let force: () => void = () => undefined
  const requested = new Promise<void>((resolve) => {
    const onRequest = (): void => {
      if (firstAt === undefined) {
        firstAt = now()
        resolve()
      } else if (now() - firstAt > SAME_PRESS_MS) force()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onRequest)
    process.once('disconnect', onRequest)
  })
  return {
    requested,
    onFurther: (further) => {
      force = further
    },
  }
}
