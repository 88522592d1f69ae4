import { type RecordHeaders, type Scope, scopedId } from '@keyflow/contracts'
import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { SnapshotNeed } from '../domain/derived-license.ts'

/** A question to Stripe that waits to be asked, was answered (the answer is on its way), or was refused. */
export interface SnapshotRequest {
  readonly id: string
  readonly scope: Scope
  readonly ledger: string
  readonly what: SnapshotNeed['what']
  readonly subject: string
  readonly attempts: number
  /** Trace and acceptance time of what asked, carried on to the answer. */
  readonly headers: RecordHeaders
}

interface RequestRow extends Omit<SnapshotRequest, 'id' | 'scope'> {
  _id: string
  account: string
  livemode: boolean
  state: 'waiting' | 'answered' | 'refused'
  /** Server time from which it may be asked (again); also the lease of whoever is asking. */
  nextAt: Date
}

export const SNAPSHOT_REQUESTS: CollectionSpec = {
  name: 'snapshot_requests',
  indexes: [
    { key: { state: 1, nextAt: 1 }, name: 'due' },
    { key: { ledger: 1 }, name: 'by_ledger' },
  ],
}

/** An answer that was folded and still leaves the question open may be asked for again after this long. */
const ASK_AGAIN_MS = 60_000
/** Some questions have no answer (a payment that pays no invoice): asking stops. */
const MOST_ANSWERS = 3
const LEASE_MS = 30_000

const rowsOf = (store: Store) => store.db.collection<RequestRow>(SNAPSHOT_REQUESTS.name)

const requestId = (scope: Scope, need: SnapshotNeed): string =>
  `${scopedId(scope, need.subject)}:${need.what}`

export interface LedgerNeeds {
  readonly id: string
  /** Ledgers that were joined into this one: their questions are its own now. */
  readonly absorbed: readonly string[]
  readonly scope: Scope
  readonly needs: readonly SnapshotNeed[]
  readonly headers: RecordHeaders
}

/** Makes the list of open questions say what was derived. Returns whether something is to be asked, and what was refused. */
export const writeSnapshotRequests = async (
  tx: Transaction,
  ledgers: readonly LedgerNeeds[],
): Promise<{ readonly added: number; readonly refused: ReadonlyMap<string, readonly string[]> }> => {
  const rows = rowsOf(tx.store)
  const { session, now } = tx
  const sources = ledgers.flatMap((ledger) => [ledger.id, ...ledger.absorbed])
  const known = await rows.find({ ledger: { $in: sources } }, { session }).toArray()
  const wanted = new Map(
    ledgers.flatMap((ledger) =>
      ledger.needs.map((need) => [requestId(ledger.scope, need), { ledger, need }]),
    ),
  )
  const settled = known.filter((row) => !wanted.has(row._id)).map((row) => row._id)
  if (settled.length > 0) await rows.deleteMany({ _id: { $in: settled } }, { session })
  const byId = new Map(known.map((row) => [row._id, row]))
  for (const { id, absorbed } of ledgers)
    if (absorbed.length > 0)
      await rows.updateMany({ ledger: { $in: [...absorbed] } }, { $set: { ledger: id } }, { session })
  const refused = new Map<string, string[]>()
  const fresh: RequestRow[] = []
  const again: string[] = []
  for (const [id, { ledger, need }] of wanted) {
    const row = byId.get(id)
    if (row === undefined) fresh.push(toRow(id, ledger, need, now))
    else if (row.state === 'refused')
      refused.set(ledger.id, [...(refused.get(ledger.id) ?? []), need.subject])
    else if (row.state === 'answered' && row.nextAt <= now && row.attempts < MOST_ANSWERS) again.push(id)
  }
  if (fresh.length > 0) await rows.insertMany(fresh, { session })
  if (again.length > 0)
    await rows.updateMany({ _id: { $in: again } }, { $set: { state: 'waiting', nextAt: now } }, { session })
  return { added: fresh.length + again.length, refused }
}

const toRow = (id: string, ledger: LedgerNeeds, need: SnapshotNeed, now: Date): RequestRow => ({
  _id: id,
  account: ledger.scope.account,
  livemode: ledger.scope.livemode,
  ledger: ledger.id,
  what: need.what,
  subject: need.subject,
  attempts: 0,
  headers: ledger.headers,
  state: 'waiting',
  nextAt: now,
})

/** Takes one due question; nobody else gets it until the lease runs out (server time). */
export const takeDueRequest = async (store: Store): Promise<SnapshotRequest | null> => {
  const row = await rowsOf(store).findOneAndUpdate(
    { state: 'waiting', $expr: { $lte: ['$nextAt', '$$NOW'] } },
    [{ $set: { nextAt: { $add: ['$$NOW', LEASE_MS] }, attempts: { $add: ['$attempts', 1] } } }],
    { sort: { nextAt: 1 }, returnDocument: 'after' },
  )
  return row === null
    ? null
    : {
        id: row._id,
        scope: { account: row.account, livemode: row.livemode },
        ledger: row.ledger,
        what: row.what,
        subject: row.subject,
        attempts: row.attempts,
        headers: row.headers,
      }
}

export const markAnswered = async (store: Store, id: string): Promise<void> => {
  await rowsOf(store).updateOne({ _id: id }, [
    { $set: { state: 'answered', nextAt: { $add: ['$$NOW', ASK_AGAIN_MS] } } },
  ])
}

export const markRefused = async (store: Store, id: string): Promise<void> => {
  await rowsOf(store).updateOne({ _id: id }, { $set: { state: 'refused' } })
}

export const postpone = async (store: Store, id: string, waitMs: number): Promise<void> => {
  await rowsOf(store).updateOne({ _id: id }, [{ $set: { nextAt: { $add: ['$$NOW', Math.round(waitMs)] } } }])
}
