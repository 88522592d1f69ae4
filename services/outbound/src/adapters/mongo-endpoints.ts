import type { WebhookEndpointRecord } from '@keyflow/contracts'
import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { Collection } from 'mongodb'
import type { Endpoint } from '../domain/endpoint.ts'

type EndpointRow = Omit<Endpoint, 'id'> & {
  _id: string
  /** Of an endpoint that Keyflow disabled: until when somebody is telling operators of it; null once they know. */
  noticeUntil?: Date | null
}

export const ENDPOINTS: CollectionSpec = {
  name: 'endpoints',
  schema: {
    bsonType: 'object',
    required: ['_id', 'version', 'url', 'enabled', 'deleted', 'secrets'],
    properties: { url: { bsonType: 'string' }, secrets: { bsonType: 'array' } },
  },
}

const rowsOf = (store: Store): Collection<EndpointRow> => store.db.collection<EndpointRow>(ENDPOINTS.name)
const fromRow = ({ _id, noticeUntil: _n, ...rest }: EndpointRow): Endpoint => ({ id: _id, ...rest })

const HEALTHY = { failingSince: null, failures: 0, disabledFor: null, disabledAt: null } as const

/** All there are, deleted ones too: they are few, and their ids may still be asked for. */
export const listEndpoints = async (store: Store, tx?: Transaction): Promise<readonly Endpoint[]> => {
  const options = tx === undefined ? {} : { session: tx.session }
  return (await rowsOf(store).find({}, options).sort({ createdAt: 1, _id: 1 }).toArray()).map(fromRow)
}

export const findEndpoint = async (store: Store, id: string): Promise<Endpoint | null> => {
  const row = await rowsOf(store).findOne({ _id: id })
  return row === null ? null : fromRow(row)
}

/** The highest version stands; of two with one number the first. Whoever changes an endpoint starts it afresh. */
export const applyEndpointRecords = async (
  { store, session }: Transaction,
  records: readonly WebhookEndpointRecord[],
): Promise<void> => {
  const rows = rowsOf(store)
  for (const { id, ...wanted } of records) {
    const known = await rows.findOne({ _id: id }, { session })
    if (known !== null && known.version >= wanted.version) continue
    const secrets = wanted.deleted ? [] : wanted.secrets
    await rows.replaceOne({ _id: id }, { ...wanted, secrets, ...HEALTHY }, { session, upsert: true })
  }
}

/** A delivery got through. Writes only where that is news. */
export const markWell = async (store: Store, id: string): Promise<void> => {
  await rowsOf(store).updateOne(
    { _id: id, failingSince: { $ne: null } },
    { $set: { failingSince: null, failures: 0 } },
  )
}

/** A delivery failed; the endpoint as it is now. */
export const markFailed = async (store: Store, id: string, now: number): Promise<Endpoint | null> => {
  const row = await rowsOf(store).findOneAndUpdate(
    { _id: id },
    [
      {
        $set: {
          failingSince: { $ifNull: ['$failingSince', now] },
          failures: { $add: [{ $ifNull: ['$failures', 0] }, 1] },
        },
      },
    ],
    { returnDocument: 'after' },
  )
  return row === null ? null : fromRow(row)
}

/** True for the one process that ended it. The version guards against an operator who mended it meanwhile. */
export const disable = async (
  store: Store,
  endpoint: Endpoint,
  why: 'failures' | 'gone',
  now: number,
): Promise<boolean> => {
  const { modifiedCount } = await rowsOf(store).updateOne(
    { _id: endpoint.id, version: endpoint.version, disabledFor: null },
    { $set: { disabledFor: why, disabledAt: now, noticeUntil: new Date(0) } },
  )
  return modifiedCount === 1
}

/** A disabled endpoint that operators have not been told of, for `leaseMs` on the server's clock; null = there is none. */
export const claimNotice = async (store: Store, leaseMs: number): Promise<Endpoint | null> => {
  const row = await rowsOf(store).findOneAndUpdate(
    {
      disabledFor: { $ne: null },
      deleted: false,
      noticeUntil: { $type: 'date' },
      $expr: { $lt: ['$noticeUntil', '$$NOW'] },
    },
    [{ $set: { noticeUntil: { $add: ['$$NOW', leaseMs] } } }],
    { returnDocument: 'after' },
  )
  return row === null ? null : fromRow(row)
}

export const noticeGiven = async (store: Store, { id, disabledAt }: Endpoint): Promise<void> => {
  await rowsOf(store).updateOne({ _id: id, disabledAt }, { $set: { noticeUntil: null } })
}
