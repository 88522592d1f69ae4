import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import { type Activations, NO_ACTIVATIONS } from '../domain/activations.ts'

interface ActivationsRow extends Activations {
  /** License. */
  _id: string
}

/** One document for each license: a decision about its places is a decision about one document. */
export const ACTIVATIONS: CollectionSpec = { name: 'activations' }

const rowsOf = (store: Store) => store.db.collection<ActivationsRow>(ACTIVATIONS.name)

const fromRow = ({ _id, ...activations }: ActivationsRow): Activations => activations

export const findActivations = async (store: Store, licenseId: string): Promise<Activations> => {
  const row = await rowsOf(store).findOne({ _id: licenseId })
  return row === null ? NO_ACTIVATIONS : fromRow(row)
}

/** Of several licenses, as the transaction sees them. */
export const readActivations = async (
  { store, session }: Pick<Transaction, 'store' | 'session'>,
  licenseIds: readonly string[],
): Promise<Map<string, Activations>> => {
  if (licenseIds.length === 0) return new Map()
  const rows = await rowsOf(store)
    .find({ _id: { $in: [...licenseIds] } }, { session })
    .toArray()
  return new Map(rows.map((row) => [row._id, fromRow(row)]))
}

/** Two transactions that write the places of one license conflict here, and one of them starts over. */
export const writeActivations = async (
  { store, session }: Pick<Transaction, 'store' | 'session'>,
  licenseId: string,
  before: Activations,
  after: Activations,
): Promise<void> => {
  if (before.seq === 0) await rowsOf(store).insertOne({ _id: licenseId, ...after }, { session })
  else {
    const result = await rowsOf(store).replaceOne({ _id: licenseId, seq: before.seq }, after, { session })
    if (result.matchedCount !== 1) throw new Error('activations changed while their transaction ran')
  }
}
