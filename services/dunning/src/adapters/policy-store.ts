import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { PinnedPolicy, Policy } from '../domain/policy.ts'

/** Every policy that cases ever began under, by its hash: a running case keeps its own. */
interface PolicyRow {
  _id: string
  policy: Policy
  firstSeenAt: Date
}

export const POLICIES: CollectionSpec = { name: 'policies' }

export const keepPolicies = async (
  store: Store,
  policies: readonly PinnedPolicy[],
  now: Date,
): Promise<void> => {
  await store.db.collection<PolicyRow>(POLICIES.name).bulkWrite(
    policies.map(({ hash, policy }) => ({
      updateOne: {
        filter: { _id: hash },
        update: { $setOnInsert: { policy, firstSeenAt: now } },
        upsert: true,
      },
    })),
  )
}

export const loadPolicies = async (store: Store): Promise<ReadonlyMap<string, Policy>> => {
  const rows = await store.db.collection<PolicyRow>(POLICIES.name).find().toArray()
  return new Map(rows.map(({ _id, policy }) => [_id, policy]))
}
