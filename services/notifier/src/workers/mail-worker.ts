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
import type { Attempt } from './deliver-mail.ts'
import type { MailInHand, ReadyMail } from './mail-in-hand.ts'
import type { MailSteps, Settlement } from './mail-steps.ts'
import type { RelayBreaker } from './relay-breaker.ts'
import type { ReportMail } from './report-mail.ts'

export interface MailWorkerOptions {
  readonly store: Store
  readonly steps: MailSteps
  readonly deliver: (ready: ReadyMail) => Promise<Attempt>
  readonly report: ReportMail
  readonly relay: RelayBreaker
  /** Mails handed to the relay at once. */
  readonly lanes: number
  readonly leaseMs: number
  readonly owner: string
  readonly failpoint: Failpoint
  readonly logger: Logger
}

export interface MailWorker {
  /** How many more mails `take` would have sent soon; 0 while the relay is away. */
  readonly room: () => number
  /** Sends mail that was rendered and claimed for this worker when it was put into the ledger. */
  readonly take: (ready: ReadyMail) => void
  /** There is mail to look for, or these scoped refs became known. */
  readonly wake: (touchedRefs: readonly string[]) => void
  /** Takes no more mail; resolves when what is in hand is settled. */
  readonly stop: () => Promise<void>
}

/** Looks by itself this often: for retries, for what a dead replica left, for contacts that came in between. */
const LOOK_MS = 500
/** Mails in hand for each lane: enough to keep the relay busy, few enough to be sent well within their lease. */
const HANDED_PER_LANE = 8

/** Sends what is due in the ledger; any number of replicas may run it. */
export const startMailWorker = (options: MailWorkerOptions): MailWorker => {
  const { store, steps, report, relay, logger } = options
  const stopping = new AbortController()
  const inHand = new Set<Promise<void>>()
  const handed: ReadyMail[] = []
  let isLooking = false
  let mustLookAgain = false

  const hasLane = (): boolean => !relay.isHeld() && inHand.size < relay.lanes(options.lanes)
  const mayClaim = (): boolean => hasLane() && !stopping.signal.aborted

  /** Sends what was handed over, then claims and sends until nothing is due or all lanes are taken. */
  const look = async (): Promise<void> => {
    while (hasLane()) {
      const ready = handed.shift()
      if (ready === undefined) break
      start(ready.mail, () => send(ready))
    }
    if (isLooking) {
      mustLookAgain = true
      return
    }
    isLooking = true
    try {
      do {
        mustLookAgain = false
        while (mayClaim()) {
          const token = randomUUID()
          const row = await claimDueMessage(store, { owner: options.owner, token }, options.leaseMs)
          if (row === null) break
          start(row, () => handle(row, token))
        }
      } while (mustLookAgain && mayClaim())
    } catch (error) {
      logger.warn({ code: failureCode(error), err: error }, 'mail.look_failed')
    } finally {
      isLooking = false
    }
  }

  const start = (mail: MailInHand, step: () => Promise<void>): void => {
    const work = step()
      .catch((error: unknown) => {
        // Its lease will run out, and it is taken up again.
        const line = { message: mail._id, license: mail.licenseId, code: failureCode(error), err: error }
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
    if (prepared.kind === 'superseded') report.superseded(1)
    if (prepared.kind === 'ready') await send({ mail: row, token, frozen: prepared.frozen })
  }

  const send = async (ready: ReadyMail): Promise<void> => {
    const started = performance.now()
    const { settlement, relay: found } = await options.deliver(ready)
    if (found !== null) relay.note(found === 'down')
    if (settlement === null) return
    report.attempt(ready.mail, settlement, performance.now() - started)
    await settleForSure(ready, settlement)
  }

  /** Whoever was sending it is gone: what became of it cannot be known, and it is not sent again. */
  const abandon = async (row: MessageRow, token: string): Promise<void> => {
    const failure = { code: 'sender_lost', reply: null }
    const settled = await steps.settle(row._id, token, { kind: 'final', outcome: 'unknown', failure })
    if (settled.kind === 'settled') report.abandoned(row)
  }

  /** An outcome is a fact: it is recorded even if the database has to be waited for. */
  const settleForSure = async ({ mail, token }: ReadyMail, settlement: Settlement): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const settled = await steps.settle(mail._id, token, settlement)
        if (settled.kind === 'superseded') report.superseded(1)
        return
      } catch (error) {
        if (classify(error) !== 'transient' || stopping.signal.aborted) throw error
        logger.warn({ message: mail._id, code: failureCode(error) }, 'mail.settle_waits')
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
    room: () =>
      stopping.signal.aborted || relay.isSuspect()
        ? 0
        : Math.max(0, options.lanes * HANDED_PER_LANE - inHand.size - handed.length),
    take: (ready) => {
      handed.push(ready)
      void look()
    },
    wake: (touchedRefs) => void wakeFor(touchedRefs),
    stop: async () => {
      stopping.abort()
      await running
      // What was handed over is sent as well; if the relay is away its leases run out.
      while (inHand.size > 0) await Promise.allSettled(inHand)
    },
  }
}
