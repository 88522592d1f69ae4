import { delay } from '../errors/backoff.ts'

/** The pause between two looks of a worker, which ends early when there is news or when the worker stops. */
export interface WakeablePause {
  /** Ends the pause of everybody who has begun to look. */
  readonly wake: () => void
  /** To be called before a look: news that comes during the look then shortens the pause after it. */
  readonly begin: () => (ms: number) => Promise<void>
}

export const createWakeablePause = (stopping: AbortSignal): WakeablePause => {
  let waking = new AbortController()
  return {
    wake: () => {
      const previous = waking
      waking = new AbortController()
      previous.abort()
    },
    begin: () => {
      const { signal } = waking
      return (ms) => delay(ms, AbortSignal.any([signal, stopping]))
    },
  }
}
