import type { LicenseSummary } from '@keyflow/contracts'
import type { CollectionSpec, Store } from '@keyflow/runtime'

/** The last that the log told the world of a license. */
export interface ToldLicense {
  readonly licenseId: string
  readonly version: number
  /** Unix milliseconds. */
  readonly at: number
  readonly after: LicenseSummary
}

interface ToldRow extends Omit<ToldLicense, 'licenseId'> {
  _id: string
}

/** Exists while a rebuild is being finished, and is dropped then. */
export const TOLD_LICENSES: CollectionSpec = { name: 'told_licenses' }

const rowsOf = (store: Store) => store.db.collection<ToldRow>(TOLD_LICENSES.name)

/** Keeps of each license the highest version, in whatever order they come. */
export const keepTold = async (store: Store, told: readonly ToldLicense[]): Promise<void> => {
  if (told.length === 0) return
  await rowsOf(store).bulkWrite(
    told.map(({ licenseId, ...rest }) => {
      const isNewer = { $gt: [rest.version, { $ifNull: ['$version', -1] }] }
      const row = { $mergeObjects: [{ _id: licenseId }, { $literal: rest }] }
      return {
        updateOne: {
          filter: { _id: licenseId },
          update: [{ $replaceWith: { $cond: [isNewer, row, '$$ROOT'] } }],
          upsert: true,
        },
      }
    }),
  )
}

export const findTold = async (store: Store, ids: readonly string[]): Promise<Map<string, ToldLicense>> => {
  const rows = await rowsOf(store)
    .find({ _id: { $in: [...ids] } })
    .toArray()
  return new Map(rows.map(({ _id, ...rest }) => [_id, { licenseId: _id, ...rest }]))
}

export const dropTold = async (store: Store): Promise<void> => {
  await rowsOf(store).drop()
}
