import type { LicenseEventType } from '@keyflow/contracts'
import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { License } from '../domain/license.ts'

/** What a license was from one change to the next. */
export interface LicenseVersion {
  readonly version: number
  readonly at: Date
  readonly type: LicenseEventType
  /** Ids of the records of the batch that changed it. */
  readonly cause: readonly string[]
  readonly license: License
}

interface VersionRow extends LicenseVersion {
  _id: string
  licenseId: string
}

export const LICENSE_HISTORY: CollectionSpec = {
  name: 'license_history',
  indexes: [{ key: { licenseId: 1, version: 1 }, name: 'by_license', unique: true }],
}

const rowsOf = (store: Store) => store.db.collection<VersionRow>(LICENSE_HISTORY.name)

export const insertLicenseVersions = async (
  tx: Transaction,
  versions: readonly LicenseVersion[],
): Promise<void> => {
  if (versions.length === 0) return
  await rowsOf(tx.store).insertMany(
    versions.map((version) => ({
      _id: `${version.license.id}:${version.version}`,
      licenseId: version.license.id,
      ...version,
      license: { ...version.license, keyHash: null, retiredKeys: [] },
    })),
    { session: tx.session },
  )
}

export const findLicenseVersions = async (
  store: Store,
  licenseId: string,
): Promise<readonly LicenseVersion[]> =>
  rowsOf(store)
    .find({ licenseId }, { projection: { _id: 0, licenseId: 0 } })
    .sort({ version: 1 })
    .toArray()

/** The version that held at an instant; null before the first. */
export const findLicenseVersionAt = async (
  store: Store,
  licenseId: string,
  at: Date,
): Promise<LicenseVersion | null> =>
  rowsOf(store).findOne(
    { licenseId, at: { $lte: at } },
    { sort: { version: -1 }, projection: { _id: 0, licenseId: 0 } },
  )
