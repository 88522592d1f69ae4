import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { ClientSession } from 'mongodb'

/** What became of bringing all ledgers to a version of the catalog. */
export interface CatalogSweep {
  readonly version: number
  readonly startedAt: Date
  /** null while it goes on. */
  readonly finishedAt: Date | null
  readonly ledgers: number
  /** Ledgers up to this id have been looked at. */
  readonly after: string
  /** Licenses that changed for whoever holds them. */
  readonly changed: number
}

interface SweepRow extends Omit<CatalogSweep, 'version'> {
  _id: number
  owner: string
  until: Date
}

export const CATALOG_SWEEPS: CollectionSpec = { name: 'catalog_sweeps' }

const rowsOf = (store: Store) => store.db.collection<SweepRow>(CATALOG_SWEEPS.name)

/**
 * Takes the sweep to a version, or goes on with it, for `ttlMs` on the server's clock. Resolves with how far it has come, or
 * with null while another replica holds it.
 */
export const takeSweep = async (
  store: Store,
  version: number,
  owner: string,
  ttlMs: number,
): Promise<CatalogSweep | null> => {
  const rows = rowsOf(store)
  await rows.updateOne(
    { _id: version },
    [
      {
        $set: {
          owner: { $ifNull: ['$owner', ''] },
          until: { $ifNull: ['$until', new Date(0)] },
          startedAt: { $ifNull: ['$startedAt', '$$NOW'] },
          finishedAt: { $ifNull: ['$finishedAt', null] },
          ledgers: { $ifNull: ['$ledgers', 0] },
          changed: { $ifNull: ['$changed', 0] },
          after: { $ifNull: ['$after', ''] },
        },
      },
    ],
    { upsert: true },
  )
  const taken = await rows.findOneAndUpdate(
    { _id: version, $or: [{ owner }, { $expr: { $lt: ['$until', '$$NOW'] } }] },
    [{ $set: { owner, until: { $add: ['$$NOW', ttlMs] } } }],
    { returnDocument: 'after' },
  )
  return taken === null ? null : fromRow(taken)
}

/** `after`: everything up to this ledger has been looked at; absent for ledgers that came later. */
export const recordSweep = async (
  store: Store,
  version: number,
  done: { readonly ledgers: number; readonly changed: number; readonly after?: string },
  session?: ClientSession,
): Promise<void> => {
  const { after, ...counts } = done
  await rowsOf(store).updateOne(
    { _id: version },
    { $inc: counts, ...(after === undefined ? {} : { $max: { after } }) },
    session === undefined ? {} : { session },
  )
}

export const finishSweep = async (store: Store, version: number): Promise<void> => {
  await rowsOf(store).updateOne({ _id: version, finishedAt: null }, { $currentDate: { finishedAt: true } })
}

export const findSweep = async (store: Store, version: number): Promise<CatalogSweep | null> => {
  const row = await rowsOf(store).findOne({ _id: version })
  return row === null ? null : fromRow(row)
}

/** Whether all ledgers have been brought to this version of the catalog, or to a later one. */
export const isSweptTo = async (store: Store, version: number): Promise<boolean> =>
  (await rowsOf(store).findOne({ _id: { $gte: version }, finishedAt: { $ne: null } })) !== null

const fromRow = ({ _id, owner: _o, until: _u, ...rest }: SweepRow): CatalogSweep => ({
  version: _id,
  ...rest,
})
