import type { CollectionSpec, Store } from '@keyflow/runtime'

/** Validations of a license in a calendar month (UTC). */
export interface Usage {
  readonly month: string
  readonly validations: number
  readonly lastAt: Date
}

interface UsageRow extends Usage {
  /** `<license>:<YYYY-MM>`. */
  _id: string
  licenseId: string
}

export const USAGE: CollectionSpec = {
  name: 'license_usage',
  indexes: [{ key: { licenseId: 1, month: -1 }, name: 'by_license' }],
}

const rowsOf = (store: Store) => store.db.collection<UsageRow>(USAGE.name)
const idOf = (licenseId: string, month: string): string => `${licenseId}:${month}`

export interface UsageIncrement {
  readonly licenseId: string
  readonly month: string
  readonly validations: number
  readonly lastAt: Date
}

/** Nobody waits for it, and a crash may lose it: acknowledged by one node, not journaled. */
export const addUsage = async (store: Store, increments: readonly UsageIncrement[]): Promise<void> => {
  if (increments.length === 0) return
  await rowsOf(store).bulkWrite(
    increments.map(({ licenseId, month, validations, lastAt }) => ({
      updateOne: {
        filter: { _id: idOf(licenseId, month) },
        update: { $inc: { validations }, $max: { lastAt }, $setOnInsert: { licenseId, month } },
        upsert: true,
      },
    })),
    { ordered: false, writeConcern: { w: 1, journal: false } },
  )
}

/** Of one month, by license. */
export const readUsage = async (
  store: Store,
  licenseIds: readonly string[],
  month: string,
): Promise<ReadonlyMap<string, number>> => {
  const ids = licenseIds.map((id) => idOf(id, month))
  const rows = await rowsOf(store)
    .find({ _id: { $in: ids } }, { projection: { licenseId: 1, validations: 1 }, timeoutMS: 2000 })
    .toArray()
  return new Map(rows.map((row) => [row.licenseId, row.validations]))
}

/** Newest month first. */
export const listUsage = async (store: Store, licenseId: string, months: number): Promise<readonly Usage[]> =>
  rowsOf(store)
    .find({ licenseId }, { projection: { _id: 0, licenseId: 0 } })
    .sort({ month: -1 })
    .limit(months)
    .toArray()
