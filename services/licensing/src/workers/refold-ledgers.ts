import {
  type ConsumerService,
  insertOutbox,
  inTransaction,
  publishEntries,
  type Transaction,
} from '@keyflow/runtime'
import { findLedgers, markLedgers, writeLedgers } from '../adapters/mongo-ledgers.ts'
import { headOf } from '../domain/catalog-history.ts'
import { isMoreThanTime } from '../domain/fold.ts'
import type { FoldedLedger } from './fold-ledgers.ts'
import { deriveAll, type SettleDeps, settleLedgers } from './settle-ledgers.ts'

export interface Refolded {
  /** Licenses that changed for whoever holds them. */
  readonly changed: number
  /** Rejects when it could not be told yet: it is in the outbox. */
  readonly published: Promise<void>
}

/** Settles ledgers again without new facts, all in one transaction; `alongside` is written in the same one. */
export type RefoldLedgers = (
  ledgers: readonly string[],
  causes: readonly string[],
  alongside?: (tx: Transaction, changed: number) => Promise<void>,
) => Promise<Refolded>

/**
 * Derives the licenses of ledgers anew under the rules of now and emits the ordinary events of whatever changed by it.
 * Nothing is told of a license whose facts and terms are the same, however much time has passed.
 */
export const createRefoldLedgers =
  (
    deps: SettleDeps,
    { store, publisher, assertLive }: Pick<ConsumerService, 'store' | 'publisher' | 'assertLive'>,
    clock: () => Date,
  ): RefoldLedgers =>
  async (ids, causes, alongside) => {
    const done = await inTransaction(store, async (session) => {
      await assertLive(session)
      const tx = { session, store, now: clock() }
      const stored = await findLedgers(tx, ids)
      const derived = await deriveAll(
        deps,
        tx,
        [...stored.values()].map(
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
      const [moved, same] = partition(
        derived.map(({ f }) => f.ledger),
        ({ id, hasOpenEnds }) => hasOpenEnds !== stored.get(id)?.hasOpenEnds,
      )
      await writeLedgers(tx, { changed: moved, links: new Map(), absorbed: new Map() })
      await markLedgers(
        tx,
        same.map(({ id }) => id),
        headOf(deps.rules().catalogs).version,
      )
      const settled = await settleLedgers(deps, tx, derived, isMoreThanTime)
      await insertOutbox(store, session, settled.outbox, tx.now)
      await alongside?.(tx, settled.outbox.length)
      return settled
    })
    done.afterCommit()
    return { changed: done.outbox.length, published: publishEntries(store, publisher, done.outbox) }
  }

const partition = <T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [T[], T[]] => [
  all.filter(isFirst),
  all.filter((one) => !isFirst(one)),
]
