import type { Measured } from './measure.ts'

export interface HeldRate {
  /** Requests a second; 0 when not even the first step was held. */
  readonly rate: number
  readonly p99: number
}

export const HELD_P99_MS = 50

/** Whether a server holds a rate: all of it answered with 200, and nearly all of it soon. */
const isHeld = (rate: number, measured: Measured): boolean =>
  measured.failed === 0 && measured.perSecond > rate * 0.98 && measured.latencies.p99 < HELD_P99_MS

const STEP = 1.3
const FINE_STEP = 1.15

/**
 * The highest rate held, found from below: coarse steps until one fails, then fine ones. A step that fails is tried once
 * more, since on a shared machine somebody else's second may have been the reason.
 */
export const findHeldRate = async (
  firstRate: number,
  offer: (rate: number) => Promise<Measured>,
): Promise<HeldRate> => {
  let best: HeldRate = { rate: 0, p99: Number.NaN }
  const holds = async (rate: number): Promise<boolean> => {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const measured = await offer(rate)
      if (isHeld(rate, measured)) {
        best = { rate, p99: measured.latencies.p99 }
        return true
      }
    }
    return false
  }
  let rate = firstRate
  while (!(await holds(Math.round(rate)))) {
    rate /= STEP
    if (rate < 50) return best
  }
  while (await holds(Math.round(best.rate * STEP)));
  while (await holds(Math.round(best.rate * FINE_STEP)));
  return best
}
