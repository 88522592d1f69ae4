import {
  createWakeablePause,
  delay,
  type Failpoint,
  failureCode,
  type Logger,
  type Store,
} from '@keyflow/runtime'
import { listClocks } from '../adapters/clock-store.ts'
import { claimDue, renewLeases } from '../adapters/due-customers.ts'
import type { Claimed } from './run-steps.ts'

export interface SchedulerOptions {
  readonly store: Store
  readonly run: (claimed: Claimed) => Promise<void>
  readonly clock: () => Date
  readonly newToken: () => string
  readonly owner: string
  /** How long a claim holds when its process dies. Milliseconds, by the server's clock. */
  readonly leaseMs: number
  readonly pollMs: number
  /** Customers in one transaction. */
  readonly batch: number
  /** Batches at the same time. */
  readonly lanes: number
  readonly failpoint: Failpoint
  readonly logger: Logger
}

export interface Scheduler {
  readonly start: () => void
  /** Something may be due: look at once instead of at the next poll. */
  readonly wake: () => void
  /** Takes what is due until nothing is; how many customers were taken in hand. */
  readonly drain: () => Promise<number>
  readonly stop: () => Promise<void>
}

/**
 * Finds who is due and takes them in hand, batch by batch, any number of replicas beside each other. A process that dies leaves
 * leases that run out; the unique keys of steps decide whatever leases cannot.
 */
export const createScheduler = (options: SchedulerOptions): Scheduler => {
  const stopping = new AbortController()
  const pause = createWakeablePause(stopping.signal)

  const drainClock = async (clock: string | null, now: () => number): Promise<number> => {
    let count = 0
    const lane = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const token = options.newToken()
        const { store, owner, batch: limit, leaseMs } = options
        const customers = await claimDue(store, { clock, now: new Date(now()), owner, token, limit, leaseMs })
        if (customers.length === 0) return
        options.failpoint('steps.claimed')
        await whileRenewed(options, { token, customers, now })
        count += customers.length
      }
    }
    await Promise.all(Array.from({ length: options.lanes }, lane))
    return count
  }

  const drain = async (): Promise<number> => {
    let count = await drainClock(null, () => options.clock().getTime())
    for (const { id, now } of await listClocks(options.store))
      count += await drainClock(id, () => now.getTime())
    return count
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rest = pause.begin()
      await drain().catch((error: unknown) =>
        options.logger.warn({ code: failureCode(error), err: error }, 'scheduler.failed'),
      )
      await rest(options.pollMs * (0.75 + Math.random() / 2))
    }
  }
  let running: Promise<void> | undefined
  return {
    start: () => {
      running ??= loop()
    },
    wake: pause.wake,
    drain,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/**
 * Runs with leases that last as long as the work does. Stripe may answer slower than a lease lasts: without this another replica
 * would begin the same question again, each would find the lease gone when the answer came, and nobody would ever be done.
 */
const whileRenewed = async (options: SchedulerOptions, claimed: Claimed): Promise<void> => {
  const { store, leaseMs, logger } = options
  const done = new AbortController()
  const ids = claimed.customers.map(({ _id }) => _id)
  const renew = async (): Promise<void> => {
    for (;;) {
      await delay(leaseMs / 3, done.signal)
      if (done.signal.aborted) return
      await renewLeases(store, ids, { token: claimed.token, leaseMs }).catch((error: unknown) =>
        logger.warn({ code: failureCode(error) }, 'lease.not_renewed'),
      )
    }
  }
  const renewing = renew()
  try {
    await options.run(claimed)
  } finally {
    done.abort()
    await renewing
  }
}
