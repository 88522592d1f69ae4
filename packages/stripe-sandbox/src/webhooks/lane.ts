import { type Faults, faultDice } from './faults.ts'
import type { Timers } from './timers.ts'

export interface Job {
  /** Id of the delivery. */
  readonly delivery: string
  /** A second copy of the same event: its outcome changes nothing. */
  readonly copy: boolean
  /** Counts as an attempt but never leaves. */
  readonly dropped: boolean
}

export interface Lane {
  /** Takes a first attempt, with the endpoint's faults applied. */
  readonly add: (delivery: string) => void
  /** Takes a retry: no faults. */
  readonly again: (delivery: string) => void
}

/** How long an incomplete group of reordered events is held. */
const REORDER_FLUSH_MS = 250

/** The way to one endpoint: first attempts in order (unless told otherwise), a few in flight at a time. */
export const createLane = (
  faults: Faults,
  concurrency: number,
  timers: Timers,
  send: (job: Job) => Promise<void>,
): Lane => {
  const dice = faultDice(faults)
  const ready: Job[] = []
  let held: string[] = []
  let inFlight = 0

  const pump = (): void => {
    while (inFlight < concurrency) {
      const job = ready.shift()
      if (job === undefined) return
      inFlight += 1
      void send(job).finally(() => {
        inFlight -= 1
        pump()
      })
    }
  }
  const release = (delivery: string): void => {
    ready.push({ delivery, copy: false, dropped: dice.drops() })
    if (dice.duplicates()) ready.push({ delivery, copy: true, dropped: false })
    pump()
  }
  const flush = (): void => {
    const group = dice.shuffle(held)
    held = []
    for (const delivery of group) release(delivery)
  }
  const arrange = (delivery: string): void => {
    if (faults.reorder_window <= 1) {
      release(delivery)
      return
    }
    held.push(delivery)
    if (held.length >= faults.reorder_window) flush()
    else if (held.length === 1) timers.after(REORDER_FLUSH_MS, flush)
  }
  return {
    add: (delivery) => {
      if (faults.delay_ms > 0) timers.after(faults.delay_ms, () => arrange(delivery))
      else arrange(delivery)
    },
    again: (delivery) => {
      ready.push({ delivery, copy: false, dropped: false })
      pump()
    },
  }
}
