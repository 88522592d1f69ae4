import { randomUUID } from 'node:crypto'
import { backoffMs, delay, failureCode, type Logger, type Store } from '@keyflow/runtime'
import { claimDue, type Delivery, lanesDue } from '../adapters/mongo-deliveries.ts'

export interface DeliveryWorkerOptions {
  readonly store: Store
  /** Tries one delivery and records what became of it. */
  readonly deliver: (delivery: Delivery) => Promise<void>
  /** Deliveries of one lane that this process has in hand at once. */
  readonly perLane: number
  readonly leaseMs: number
  readonly pollMs: number
  readonly logger: Logger
}

export interface DeliveryWorker {
  /** Something new waits in these lanes. */
  readonly wake: (lanes: readonly string[]) => void
  /** Begins nothing more and waits for what is in hand. */
  readonly stop: () => Promise<void>
}

/**
 * Each lane has its own few hands, and no two lanes share anything: whoever answers slowly keeps only his own hands busy.
 * Any number of replicas: a delivery is claimed on server time, and taken up by another when its lease runs out.
 */
export const startDeliveryWorker = (options: DeliveryWorkerOptions): DeliveryWorker => {
  const { store, logger, perLane } = options
  const stopping = new AbortController()
  const busy = new Map<string, number>()
  const inHand = new Set<Promise<void>>()

  /** One hand of a lane: works until nothing is due there. */
  const work = async (lane: string): Promise<void> => {
    while (!stopping.signal.aborted) {
      const delivery = await claimDue(store, lane, randomUUID(), options.leaseMs)
      if (delivery === null) return
      await options.deliver(delivery)
    }
  }

  const raiseHand = (lane: string): void => {
    busy.set(lane, (busy.get(lane) ?? 0) + 1)
    const working = work(lane)
      .catch((error: unknown) =>
        logger.warn({ code: failureCode(error), err: error }, 'outbound.interrupted'),
      )
      .finally(() => {
        const left = (busy.get(lane) ?? 1) - 1
        if (left === 0) busy.delete(lane)
        else busy.set(lane, left)
        inHand.delete(working)
      })
    inHand.add(working)
  }

  const wake = (lanes: readonly string[]): void => {
    if (stopping.signal.aborted) return
    for (const lane of lanes) while ((busy.get(lane) ?? 0) < perLane) raiseHand(lane)
  }

  const look = async (): Promise<void> => {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        wake(await lanesDue(store))
        failures = 0
        await delay(options.pollMs, stopping.signal)
      } catch (error) {
        logger.warn({ code: failureCode(error), err: error }, 'outbound.look_failed')
        failures += 1
        await delay(backoffMs(failures, { base: options.pollMs, max: 5000 }), stopping.signal)
      }
    }
  }
  const looking = look()

  return {
    wake,
    stop: async () => {
      stopping.abort()
      await looking
      await Promise.all(inHand)
    },
  }
}
