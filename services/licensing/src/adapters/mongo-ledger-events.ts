import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { LedgerFact } from '../domain/ledger-fact.ts'

/** A receipt: which record of the log put which facts into a ledger, and Stripe's signature over it. */
export interface LedgerEvent {
  /** `evt_…`, `snap_…`, `op_…` or a dunning event's id. */
  readonly id: string
  readonly ledger: string
  readonly type: string
  /** `<topic>/<partition>/<offset>`: where the bytes lie. */
  readonly origin: string
  /** The whole Stripe-Signature header; null for what Stripe did not sign. */
  readonly signature: string | null
  /** Stripe's API gave it, and no webhook brought it: there is no signature to show. */
  readonly isFromApi: boolean
  readonly foldedAt: Date
  readonly facts: readonly LedgerFact[]
}

interface EventRow extends Omit<LedgerEvent, 'id' | 'facts' | 'isFromApi'> {
  _id: string
  isFromApi?: boolean
  /** JSON, as in the ledger itself. */
  facts: string
}

export const LEDGER_EVENTS: CollectionSpec = {
  name: 'ledger_events',
  indexes: [{ key: { ledger: 1, foldedAt: 1 }, name: 'by_ledger' }],
}

const rowsOf = (store: Store) => store.db.collection<EventRow>(LEDGER_EVENTS.name)

export const insertLedgerEvents = async (tx: Transaction, events: readonly LedgerEvent[]): Promise<void> => {
  if (events.length === 0) return
  await rowsOf(tx.store).insertMany(
    events.map(({ id, facts, ...rest }) => ({ _id: id, ...rest, facts: JSON.stringify(facts) })),
    { session: tx.session },
  )
}

/** Receipts follow their ledger when it is joined into another. */
export const moveLedgerEvents = async (tx: Transaction, gone: string, survivor: string): Promise<void> => {
  await rowsOf(tx.store).updateMany({ ledger: gone }, { $set: { ledger: survivor } }, { session: tx.session })
}

/** Oldest first; at most `limit`. */
export const findLedgerEvents = async (
  store: Store,
  ledger: string,
  until: Date,
  limit: number,
): Promise<readonly LedgerEvent[]> => {
  const rows = await rowsOf(store)
    .find({ ledger, foldedAt: { $lte: until } })
    .sort({ foldedAt: 1, _id: 1 })
    .limit(limit)
    .toArray()
  return rows.map(({ _id, facts, isFromApi = false, ...rest }) => ({
    id: _id,
    ...rest,
    isFromApi,
    facts: JSON.parse(facts) as LedgerFact[],
  }))
}

export const isFolded = async (store: Store, id: string): Promise<boolean> =>
  (await rowsOf(store).findOne({ _id: id }, { projection: { _id: 1 } })) !== null
