import {
  insertOutbox,
  inTransaction,
  publishEntries,
  type RecordPublisher,
  type Store,
} from '@keyflow/runtime'
import { findLedgers, markLedgers, writeLedgers } from '../adapters/mongo-ledgers.ts'
import { headOf } from '../domain/catalog-history.ts'
import { isMoreThanTime } from '../domain/fold.ts'
import type { FoldedLedger } from './fold-ledgers.ts'
import { deriveAll, type SettleDeps, settleLedgers } from './settle-ledgers.ts'

/** Settles ledgers again without new facts, all in one transaction. Resolves with how many licenses were changed. */
export type RefoldLedgers = (ledgers: readonly string[], causes: readonly string[]) => Promise<number>

/**
 * Derives the licenses of ledgers anew under the rules of now and emits the ordinary events of whatever changed by it.
 * Nothing is told of a license whose facts and terms are the same, however much time has passed.
 */
export const createRefoldLedgers =
  (deps: SettleDeps, store: Store, publisher: RecordPublisher, clock: () => Date): RefoldLedgers =>
  async (ids, causes) => {
    const done = await inTransaction(store, async (session) => {
      const tx = { session, store, now: clock() }
      const rules = deps.rules()
      const stored = [...(await findLedgers(tx, ids)).values()]
      const derived = await deriveAll(
        deps,
        tx,
        stored.map(
          (ledger): FoldedLedger => ({
            ledger,
            changed: true,
            causes,
            headers: {},
            newLinks: [],
            absorbed: [],
            stale: [],
          }),
        ),
      )
      const [open, closed] = partition(derived, (d) => d.hasOpenEnds)
      await writeLedgers(tx, {
        changed: open.map(({ f }) => f.ledger),
        links: new Map(),
        absorbed: new Map(),
      })
      await markLedgers(
        tx,
        closed.map(({ f }) => f.ledger.id),
        headOf(rules.catalogs).version,
      )
      const settled = await settleLedgers(deps, tx, derived, isMoreThanTime)
      await insertOutbox(store, session, settled.outbox, tx.now)
      return settled
    })
    done.afterCommit()
    await publishEntries(store, publisher, done.outbox)
    return done.outbox.length
  }

const partition = <T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [T[], T[]] => [
  all.filter(isFirst),
  all.filter((one) => !isFirst(one)),
]
