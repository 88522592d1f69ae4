import { randomUUID } from 'node:crypto'
import {
  backoffMs,
  classify,
  delay,
  type Failpoint,
  failureCode,
  type Logger,
  type Store,
} from '@keyflow/runtime'
import type { MessageRow } from '../adapters/message-rows.ts'
import { claimDueMessage, wakeWaiting } from '../adapters/message-store.ts'
import type { FrozenMail } from '../domain/message.ts'
import type { Attempt } from './deliver-mail.ts'
import type { MailSteps, Settlement } from './mail-steps.ts'
import { createRelayBreaker } from './relay-breaker.ts'
import type { ReportMail } from './report-mail.ts'

export interface MailWorkerOptions {
  readonly store: Store
  readonly steps: MailSteps
  readonly deliver: (row: MessageRow, token: string, frozen: FrozenMail) => Promise<Attempt>
  readonly report: ReportMail
  /** Mails in hand at once. */
  readonly lanes: number
  readonly leaseMs: number
  readonly owner: string
  readonly failpoint: Failpoint
  readonly clock: () => Date
  readonly logger: Logger
}

export interface MailWorker {
  /** There is new mail, or these scoped refs became known. */
  readonly wake: (touchedRefs: readonly string[]) => void
  /** Takes no more mail; resolves when what is in hand is settled. */
  readonly stop: () => Promise<void>
}

/** Looks by itself this often: for retries, for what a dead replica left, for contacts that came in between. */
const LOOK_MS = 500

/** Sends what is due in the ledger; any number of replicas may run it. */
export const startMailWorker = (options: MailWorkerOptions): MailWorker => {
  const { store, steps, report, logger } = options
  const relay = createRelayBreaker(options)
  const stopping = new AbortController()
  const inHand = new Set<Promise<void>>()
  let isLooking = false
  let mustLookAgain = false

  const hasRoom = (): boolean =>
    !stopping.signal.aborted && !relay.isHeld() && inHand.size < relay.lanes(options.lanes)

  /** Claims and starts mail until nothing is due or all lanes are taken; one look at a time. */
  const look = async (): Promise<void> => {
    if (isLooking) {
      mustLookAgain = true
      return
    }
    isLooking = true
    try {
      do {
        mustLookAgain = false
        while (hasRoom()) {
          const token = randomUUID()
          const row = await claimDueMessage(store, { owner: options.owner, token }, options.leaseMs)
          if (row === null) break
          start(row, token)
        }
      } while (mustLookAgain && hasRoom())
    } catch (error) {
      logger.warn({ code: failureCode(error), err: error }, 'mail.look_failed')
    } finally {
      isLooking = false
    }
  }

  const start = (row: MessageRow, token: string): void => {
    const work = handle(row, token)
      .catch((error: unknown) => {
        // Its lease will run out, and it is taken up again.
        const line = { message: row._id, license: row.licenseId, code: failureCode(error), err: error }
        logger.error(line, 'mail.step_failed')
      })
      .finally(() => {
        inHand.delete(work)
        void look()
      })
    inHand.add(work)
  }

  const handle = async (row: MessageRow, token: string): Promise<void> => {
    options.failpoint('mail.claimed')
    if (row.state === 'sending') return abandon(row, token)
    const prepared = await steps.prepare(row._id, token)
    if (prepared.kind === 'superseded') report.superseded(row)
    if (prepared.kind !== 'ready') return
    const started = performance.now()
    const { settlement, isRelayDown } = await options.deliver(row, token, prepared.frozen)
    relay.note(isRelayDown)
    if (settlement === null) return
    report.attempt(row, settlement, performance.now() - started)
    await settleForSure(row, token, settlement)
  }

  /** Whoever was sending it is gone: what became of it cannot be known, and it is not sent again. */
  const abandon = async (row: MessageRow, token: string): Promise<void> => {
    const failure = { code: 'sender_lost', reply: null }
    const settled = await steps.settle(row._id, token, { kind: 'final', outcome: 'unknown', failure })
    if (settled.kind === 'settled') report.abandoned(row)
  }

  /** An outcome is a fact: it is recorded even if the database has to be waited for. */
  const settleForSure = async (row: MessageRow, token: string, settlement: Settlement): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const settled = await steps.settle(row._id, token, settlement)
        if (settled.kind === 'superseded') report.superseded(row)
        return
      } catch (error) {
        if (classify(error) !== 'transient' || stopping.signal.aborted) throw error
        logger.warn({ message: row._id, code: failureCode(error) }, 'mail.settle_waits')
        await delay(backoffMs(attempt, { base: 200, max: 5000 }), stopping.signal)
      }
    }
  }

  const wakeFor = async (touchedRefs: readonly string[]): Promise<void> => {
    try {
      await wakeWaiting(store, touchedRefs)
    } catch (error) {
      logger.warn({ code: failureCode(error) }, 'mail.wake_failed')
    }
    await look()
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await look()
      await delay(LOOK_MS, stopping.signal)
    }
  }
  const running = loop()

  return {
    wake: (touchedRefs) => void wakeFor(touchedRefs),
    stop: async () => {
      stopping.abort()
      await running
      await Promise.allSettled(inHand)
    },
  }
}
