import type { CollectionSpec, Store } from '@keyflow/runtime'

/** What became of bringing all ledgers to a version of the catalog. */
export interface CatalogSweep {
  readonly version: number
  readonly startedAt: Date
  /** null while it goes on. */
  readonly finishedAt: Date | null
  readonly ledgers: number
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
 * Takes the sweep to a version, or goes on with it, for `ttlMs` on the server's clock. Resolves with false while another
 * replica holds it.
 */
export const takeSweep = async (
  store: Store,
  version: number,
  owner: string,
  ttlMs: number,
): Promise<boolean> => {
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
        },
      },
    ],
    { upsert: true },
  )
  const taken = await rows.updateOne(
    { _id: version, $or: [{ owner }, { $expr: { $lt: ['$until', '$$NOW'] } }] },
    [{ $set: { owner, until: { $add: ['$$NOW', ttlMs] } } }],
  )
  return taken.matchedCount === 1
}

export const recordSweep = async (
  store: Store,
  version: number,
  done: { readonly ledgers: number; readonly changed: number },
): Promise<void> => {
  await rowsOf(store).updateOne({ _id: version }, { $inc: done })
}

export const finishSweep = async (store: Store, version: number): Promise<void> => {
  await rowsOf(store).updateOne({ _id: version, finishedAt: null }, { $currentDate: { finishedAt: true } })
}

export const findSweep = async (store: Store, version: number): Promise<CatalogSweep | null> => {
  const row = await rowsOf(store).findOne({ _id: version })
  if (row === null) return null
  const { _id, owner: _o, until: _u, ...rest } = row
  return { version: _id, ...rest }
}
