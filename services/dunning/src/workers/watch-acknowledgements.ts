import {
  type ConsumerService,
  delay,
  failureCode,
  insertOutbox,
  inTransaction,
  type Logger,
  publishEntries,
  type RecordPublisher,
  type Store,
  type Transaction,
} from '@keyflow/runtime'
import { findPaidButRestricted, findUnacknowledged } from '../adapters/case-counts.ts'
import { loadCases, saveCases } from '../adapters/case-store.ts'
import { readClocks } from '../adapters/clock-store.ts'
import { clockIdOf, timeOf } from '../domain/case-time.ts'
import type { Rules } from '../domain/settle-case.ts'
import { repeatEntry } from './dunning-entry.ts'

export interface WatchOptions {
  readonly store: Store
  /** In each transaction: throws when the database is no longer the one in force. */
  readonly assertLive: ConsumerService['assertLive']
  readonly publisher: RecordPublisher
  readonly dunningTopic: string
  readonly rules: () => Rules
  readonly clock: () => Date
  readonly everyMs: number
  /** Licensing is asked again after this. Milliseconds. */
  readonly unansweredMs: number
  readonly logger: Logger
  readonly onPaidButRestricted: (cases: number, seconds: number) => void
}

const PAGE = 100

/** Says a restriction again, under the next fence, until licensing answers; and counts who is paid and still restricted. */
export const watchAcknowledgements = (options: WatchOptions) => {
  const stopping = new AbortController()
  const look = async (): Promise<void> => {
    const { store, publisher, clock } = options
    options.onPaidButRestricted(await findPaidButRestricted(store), options.everyMs / 1000)
    const ids = await findUnacknowledged(store, new Date(clock().getTime() - options.unansweredMs), PAGE)
    for (const id of ids) await publishEntries(store, publisher, await repeat(options, id))
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(options.everyMs, stopping.signal)
      if (!stopping.signal.aborted)
        await look().catch((error: unknown) =>
          options.logger.warn({ code: failureCode(error), err: error }, 'acknowledgements.failed'),
        )
    }
  }
  const running = loop()
  return {
    stop: async (): Promise<void> => {
      stopping.abort()
      await running
    },
  }
}

const repeat = ({ store, assertLive, clock, dunningTopic, rules, logger }: WatchOptions, id: string) =>
  inTransaction(store, async (session) => {
    await assertLive(session)
    const tx: Transaction = { session, store, now: clock() }
    const found = (await loadCases(tx, [id])).get(id)
    if (found === undefined || found.record.wanted === null) return []
    const { record, version } = found
    if ((record.applied?.seq ?? 0) >= found.record.wanted.seq) return []
    const seq = record.seq + 1
    const wanted = { ...found.record.wanted, seq, at: tx.now.getTime() }
    const again = { ...record, seq, wanted }
    await saveCases(tx, [{ record: again, version }])
    const clockId = clockIdOf(record.facts)
    const clocks = await readClocks(tx, clockId === null ? [] : [clockId])
    const now = timeOf(record.facts, tx.now.getTime(), clocks)
    const context = { topic: dunningTopic, rules: rules(), causes: [], headers: {}, now }
    const entry = repeatEntry(again, context)
    await insertOutbox(store, session, [entry], tx.now)
    logger.warn({ case: id, seq }, 'restriction.said_again')
    return [entry]
  })
