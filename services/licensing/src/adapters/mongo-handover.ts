import type { Store } from '@keyflow/runtime'
import type { Document } from 'mongodb'
import type { License } from '../domain/license.ts'
import { ENDORSEMENTS } from './keyset-endorsement.ts'
import { HEARTBEATS } from './mongo-heartbeats.ts'
import { REVOCATION_EPOCH } from './mongo-revocations.ts'
import { SIGNING_KEYS } from './mongo-signing-keys.ts'
import { USAGE } from './mongo-usage.ts'

type LicenseRow = Omit<License, 'id'> & { _id: string }

/** Every license in force, in pages, by id. */
export async function* licensePages(store: Store, size: number): AsyncGenerator<readonly License[]> {
  let page: License[] = []
  const rows = store.db.collection<LicenseRow>('licenses').find({ supersededBy: null }).sort({ _id: 1 })
  for await (const { _id, ...rest } of rows) {
    page.push({ id: _id, ...rest })
    if (page.length < size) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/** Only ever raised: what listens to a license ignores what is not newer than what it has. */
export const raiseVersions = async (store: Store, versions: ReadonlyMap<string, number>): Promise<void> => {
  if (versions.size === 0) return
  await store.db.collection<LicenseRow>('licenses').bulkWrite(
    [...versions].map(([id, version]) => ({
      updateOne: { filter: { _id: id }, update: { $max: { version } } },
    })),
    { ordered: false },
  )
}

/** What no log holds, and what a rebuild beside a living database can therefore take from there alone. */
const NOT_IN_THE_LOG = [
  'api_keys',
  'reconcile_cursors',
  ...[SIGNING_KEYS, ENDORSEMENTS, REVOCATION_EPOCH, USAGE, HEARTBEATS].map(({ name }) => name),
]

/** Copies it. Gives how many documents. */
export const copyUnlogged = async (from: Store, to: Store): Promise<number> => {
  let copied = 0
  for (const name of NOT_IN_THE_LOG)
    for await (const document of from.db.collection<Document & { _id: string }>(name).find()) {
      await to.db
        .collection<Document & { _id: string }>(name)
        .replaceOne({ _id: document._id }, document, { upsert: true })
      copied += 1
    }
  const dismissed = from.db.collection<Document & { _id: string }>('reviews').find({ state: 'dismissed' })
  for await (const { _id, state, dismissal, resolvedAt } of dismissed) {
    const { modifiedCount } = await to.db
      .collection<Document & { _id: string }>('reviews')
      .updateOne({ _id, state: 'open' }, { $set: { state, dismissal, resolvedAt } })
    copied += modifiedCount
  }
  return copied
}
