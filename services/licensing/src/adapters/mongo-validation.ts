import type { Store } from '@keyflow/runtime'
import DataLoader from 'dataloader'
import type { Activations } from '../domain/activations.ts'
import type { ValidatedLicense } from '../domain/judged-license.ts'
import type { License } from '../domain/license.ts'
import { ACTIVATIONS } from './mongo-activations.ts'
import { LICENSES, ofKeys } from './mongo-licenses.ts'

interface LeanRow extends Omit<ValidatedLicense, 'id'> {
  _id: string
  keyHash: string | null
  retiredKeys?: License['retiredKeys']
  supersededBy: string | null
}

const LEAN = {
  scope: 1,
  keyHash: 1,
  retiredKeys: 1,
  supersededBy: 1,
  version: 1,
  billing: 1,
  reason: 1,
  validThrough: 1,
  trialEndsAt: 1,
  cancelAt: 1,
  graceEndsAt: 1,
  maintenanceEndsAt: 1,
  quantity: 1,
  upcoming: 1,
  terms: 1,
  axes: 1,
  clock: 1,
  billingNotice: 1,
  updatedAt: 1,
} as const

/** All that wait for a look-up wait for its request: better refused soon than all held up by a server that hangs. */
const LONGEST_MS = 2000

/** Look-ups in one request to the database. */
const MOST_AT_ONCE = 256

/** All in one answer: by itself MongoDB would keep back what is beyond 101 until it is asked again. */
const READ = { timeoutMS: LONGEST_MS, batchSize: MOST_AT_ONCE }
const OPTIONS = { ...READ, projection: LEAN }

/**
 * What validation reads. Look-ups that come while another is under way, or right after it, share the next request to the
 * database: under load a look-up costs a fraction of a request, at rest it goes out at once. A hit and a miss are the same request.
 */
export const createValidationReads = (store: Store) => {
  const licenses = store.db.collection<LeanRow>(LICENSES.name)
  const places = store.db.collection<Activations & { _id: string }>(ACTIVATIONS.name)
  const byHash = gathering<LeanRow>(async (hashes) => {
    const rows = await licenses.find(ofKeys(hashes), OPTIONS).toArray()
    return new Map(rows.flatMap((row) => hashesOf(row).map((hash) => [hash, row])))
  })
  const byId = gathering<LeanRow>(async (ids) => {
    const rows = await licenses.find({ _id: { $in: ids } }, OPTIONS).toArray()
    return new Map(rows.map((row) => [row._id, row]))
  })
  const placesById = gathering<Activations>(async (ids) => {
    const rows = await places.find({ _id: { $in: ids } }, READ).toArray()
    return new Map(rows.map((row) => [row._id, row]))
  })
  const current = async (row: LeanRow | null): Promise<ValidatedLicense | null> => {
    if (row === null) return null
    // A license that turned out to continue another answers as that one.
    if (row.supersededBy != null) return current(await byId(row.supersededBy))
    return { ...row, id: row._id }
  }
  return {
    findByKeyHash: async (hash: string): Promise<ValidatedLicense | null> => {
      const row = await byHash(hash)
      const license = await current(row)
      const shown = row?.retiredKeys?.find((key) => key.hash === hash)
      return license === null || shown === undefined ? license : { ...license, shownKey: shown }
    },
    findPlaces: placesById,
  }
}
export type ValidationReads = ReturnType<typeof createValidationReads>

const hashesOf = ({ keyHash, retiredKeys = [] }: LeanRow): readonly string[] => [
  ...(keyHash === null ? [] : [keyHash]),
  ...retiredKeys.map(({ hash }) => hash),
]

/** Between two requests to the database: what a look-up may wait under load, and never at rest. */
const PACE_MS = 3

/** Gathers look-ups: one request at a time, each with all that came since the last one went out. */
const gathering = <V>(find: (keys: string[]) => Promise<ReadonlyMap<string, V>>) => {
  let isUnderWay = false
  let sentAt = Number.NEGATIVE_INFINITY
  const waiting: (() => void)[] = []
  const schedule = (send: () => void): void => {
    const early = sentAt + PACE_MS - performance.now()
    if (isUnderWay) waiting.push(send)
    else if (early <= 0) setImmediate(send)
    else setTimeout(send, early)
  }
  const loader = new DataLoader<string, V | null>(
    async (keys) => {
      isUnderWay = true
      sentAt = performance.now()
      try {
        const found = await find([...new Set(keys)])
        return keys.map((key) => found.get(key) ?? null)
      } finally {
        isUnderWay = false
        for (const send of waiting.splice(0)) schedule(send)
      }
    },
    {
      cache: false,
      maxBatchSize: MOST_AT_ONCE,
      batchScheduleFn: schedule,
    },
  )
  return (key: string): Promise<V | null> => loader.load(key)
}
