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
import { claimDueMessages, reopenUnknown, wakeWaiting } from '../adapters/message-store.ts'
import { domainOf, type RateLimiter } from '../domain/rate-limiter.ts'
import { PRIORITIES, type Priority } from '../domain/templates.ts'
import type { DeliverMail } from './deliver-mail.ts'
import type { ReadyMail } from './mail-in-hand.ts'
import type { MailSteps } from './mail-steps.ts'
import type { Relays } from './relays.ts'
import type { ReportMail } from './report-mail.ts'
import type { Settlement } from './settle-mails.ts'

export interface MailWorkerOptions {
  readonly store: Store
  readonly steps: MailSteps
  readonly deliver: DeliverMail
  readonly report: ReportMail
  readonly relays: Relays
  readonly limiter: RateLimiter
  /** Mails handed to the relay at once. */
  readonly lanes: number
  readonly leaseMs: number
  readonly owner: string
  readonly clock: () => Date
  readonly failpoint: Failpoint
  readonly logger: Logger
}

export interface MailWorker {
  /** How many more mails of that priority `take` would have sent soon; 0 while the relays are away. */
  readonly room: (priority: Priority) => number
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
/** Due mails taken in hand for each lane, before it is free: their check at send time must not grow old. */
const AHEAD_PER_LANE = 2
/** Of so many lanes one is kept free for mails that somebody waits for. */
const LANES_PER_RESERVED = 4
interface Handed {
  readonly ready: ReadyMail
  /** End of its lease, on the clock of `performance.now()`: what was checked must not have grown old when it is sent. */
  readonly until: number
}

/** Sends what is due in the ledger; any number of replicas may run it. A mail that somebody waits for overtakes the others. */
export const startMailWorker = (options: MailWorkerOptions): MailWorker => {
  const { store, steps, report, relays, logger } = options
  const stopping = new AbortController()
  const inHand = new Map<Promise<void>, Priority>()
  const handed: Readonly<Record<Priority, Handed[]>> = { 0: [], 1: [], 2: [] }
  const preparing = new Set<Promise<void>>()
  let isLooking = false
  let mustLookAgain = false
  /** Priorities of which the ledger may hold something due: it is not asked for nothing after every mail. */
  const mayBeDue = new Set<Priority>(PRIORITIES)

  const reserved = options.lanes > 1 ? Math.ceil(options.lanes / LANES_PER_RESERVED) : 0
  const busyWith = (from: Priority): number =>
    [...inHand.values()].filter((priority) => priority >= from).length
  /** Mails in a hurry may take any lane, the others leave some free. */
  const hasLane = (priority: Priority): boolean => {
    const lanes = relays.lanes(options.lanes)
    if (relays.isHeld() || inHand.size >= lanes) return false
    return priority === 0 || busyWith(1) < Math.max(1, lanes - reserved)
  }

  /** How many due mails of a priority to take in hand: more than are being sent, so that no lane waits for the ledger. */
  const wanted = (priority: Priority): number => {
    if (stopping.signal.aborted || relays.isHeld()) return 0
    const lanes = relays.lanes(options.lanes)
    const waiting = handed[priority].length
    // One mail probes a relay that was away.
    if (lanes === 1) return waiting === 0 && hasLane(priority) ? 1 : 0
    const share = priority === 0 ? lanes : Math.max(1, lanes - reserved)
    return waiting >= share ? 0 : share * AHEAD_PER_LANE - waiting
  }

  const put = (ready: ReadyMail): void => {
    const until = performance.now() + options.leaseMs
    handed[ready.mail.priority].push({ ready, until })
  }

  const nextHanded = (): ReadyMail | undefined => {
    for (const priority of PRIORITIES) {
      const queue = handed[priority]
      while (queue[0] !== undefined && queue[0].until <= performance.now()) queue.shift()
      if (queue.length > 0 && hasLane(priority)) return queue.shift()?.ready
    }
    return undefined
  }

  const sendHanded = (): void => {
    for (let ready = nextHanded(); ready !== undefined; ready = nextHanded()) {
      const taken = ready
      start(taken, () => sendOrPostpone(taken))
    }
  }

  /** Takes what is due in hand, the most urgent first, until enough is. */
  const look = async (): Promise<void> => {
    sendHanded()
    if (isLooking) {
      mustLookAgain = true
      return
    }
    isLooking = true
    try {
      do {
        mustLookAgain = false
        for (const priority of PRIORITIES) await takeDue(priority)
      } while (mustLookAgain)
    } catch (error) {
      logger.warn({ code: failureCode(error), err: error }, 'mail.look_failed')
    } finally {
      isLooking = false
    }
  }

  /** There is news in the ledger. */
  const lookAnew = (): void => {
    for (const priority of PRIORITIES) mayBeDue.add(priority)
    void look()
  }

  const takeDue = async (priority: Priority): Promise<void> => {
    const limit = mayBeDue.has(priority) ? wanted(priority) : 0
    if (limit === 0) return
    mayBeDue.delete(priority)
    const token = randomUUID()
    const claim = { owner: options.owner, token }
    const rows = await claimDueMessages(store, claim, options.leaseMs, { only: [priority], limit })
    if (rows.length === limit) mayBeDue.add(priority)
    if (rows.length === 0) return
    const work = Promise.all(rows.map((row) => takeInHand(row, token).catch(noteFailure(row))))
      .then(sendHanded)
      .finally(() => preparing.delete(work))
    preparing.add(work)
    await work
  }

  const noteFailure =
    ({ _id, licenseId }: Pick<MessageRow, '_id' | 'licenseId'>) =>
    (error: unknown): void => {
      // Its lease will run out, and it is taken up again.
      const line = { message: _id, license: licenseId, code: failureCode(error), err: error }
      logger.error(line, 'mail.step_failed')
    }

  const start = ({ mail }: ReadyMail, step: () => Promise<void>): void => {
    const work = step()
      .catch(noteFailure(mail))
      .finally(() => {
        inHand.delete(work)
        if (mayBeDue.size > 0) void look()
        else sendHanded()
      })
    inHand.set(work, mail.priority)
  }

  const takeInHand = async (row: MessageRow, token: string): Promise<void> => {
    options.failpoint('mail.claimed')
    if (row.state === 'sending') return abandon(row, token)
    const prepared = await steps.prepare(row._id, token)
    options.failpoint('mail.prepared')
    if (prepared.kind === 'dropped') report.dropped(row, prepared.state, prepared.reason)
    if (prepared.kind !== 'ready') return
    const { frozen, person, bytes } = prepared
    put({ mail: row, token, frozen, person, bytes })
  }

  /** Limits are for mails that nobody waits for. */
  const sendOrPostpone = async (ready: ReadyMail): Promise<void> => {
    const { mail, token, frozen } = ready
    const now = options.clock().getTime()
    const waitMs = mail.priority === 0 ? 0 : options.limiter.waitFor(domainOf(frozen.to), now)
    if (waitMs > 0) await steps.postpone(mail._id, token, waitMs, 'rate_limit')
    else await send(ready)
  }

  const send = async (ready: ReadyMail): Promise<void> => {
    const started = performance.now()
    const settlement = await options.deliver(ready)
    if (settlement === null) return
    report.attempt(ready.mail, settlement, performance.now() - started)
    await settleForSure(ready, settlement)
    options.failpoint('mail.settled')
  }

  /** Whoever was sending it is gone: what became of it cannot be known, and it is not sent again. */
  const abandon = async (row: MessageRow, token: string): Promise<void> => {
    const failure = { code: 'sender_lost', reply: null }
    const settled = await steps.settle(row._id, token, { kind: 'final', outcome: 'unknown', failure })
    if (settled.kind === 'settled') report.abandoned(row)
    if (settled.hasQueued) lookAnew()
  }

  /** An outcome is a fact: it is recorded even if the database has to be waited for. */
  const settleForSure = async ({ mail, token }: ReadyMail, settlement: Settlement): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const settled = await steps.settle(mail._id, token, settlement)
        if (settled.kind === 'superseded') report.dropped(mail, 'superseded', 'no_longer_news')
        if (settled.hasQueued) lookAnew()
        return
      } catch (error) {
        if (classify(error) !== 'transient' || stopping.signal.aborted) throw error
        logger.warn({ message: mail._id, code: failureCode(error) }, 'mail.settle_waits')
        await delay(backoffMs(attempt, { base: 200, max: 5000 }), stopping.signal)
      }
    }
  }

  const wakeFor = async (touchedRefs: readonly string[]): Promise<void> => {
    let woken = 0
    try {
      woken = await wakeWaiting(store, touchedRefs)
    } catch (error) {
      logger.warn({ code: failureCode(error) }, 'mail.wake_failed')
    }
    if (touchedRefs.length === 0 || woken > 0) lookAnew()
  }

  const reopen = async (): Promise<void> => {
    try {
      report.reopened(await reopenUnknown(store))
    } catch (error) {
      logger.warn({ code: failureCode(error) }, 'mail.reopen_failed')
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await reopen()
      lookAnew()
      await delay(LOOK_MS, stopping.signal)
    }
  }
  const running = loop()

  return {
    room: (priority) => {
      if (stopping.signal.aborted || relays.isSuspect()) return 0
      // Routine mail is never handed over: it is found by looking.
      const lanes = priority === 0 ? options.lanes : options.lanes - reserved
      const waiting = PRIORITIES.reduce<number>((sum, one) => sum + handed[one].length, 0)
      return priority === 2 ? 0 : Math.max(0, lanes * HANDED_PER_LANE - inHand.size - waiting)
    },
    take: (ready) => {
      put(ready)
      sendHanded()
    },
    wake: (touchedRefs) => void wakeFor(touchedRefs),
    stop: async () => {
      stopping.abort()
      await running
      // What was handed over is sent as well; if the relay is away its leases run out.
      while (inHand.size + preparing.size > 0) await Promise.allSettled([...inHand.keys(), ...preparing])
    },
  }
}
