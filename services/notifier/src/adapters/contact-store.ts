import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { ClientSession, Collection } from 'mongodb'
import { type ContactSource, mergeContactSources } from '../domain/contact.ts'

interface SourceRow extends Omit<ContactSource, 'id'> {
  _id: string
  schemaVersion: 1
}

export const CONTACTS: CollectionSpec = {
  name: 'contacts',
  indexes: [{ key: { refs: 1 }, name: 'refs' }],
  schema: {
    bsonType: 'object',
    required: ['_id', 'schemaVersion', 'kind', 'refs', 'register'],
    properties: { refs: { bsonType: 'array' }, register: { bsonType: 'object' } },
  },
}

const rowsOf = (store: Store): Collection<SourceRow> => store.db.collection<SourceRow>(CONTACTS.name)

const toSource = ({ _id, kind, refs, register }: SourceRow): ContactSource => ({
  id: _id,
  kind,
  refs,
  register,
})

/** Merges what was seen into what is known, inside the caller's transaction. */
export const mergeContacts = async (
  store: Store,
  session: ClientSession,
  seen: readonly ContactSource[],
): Promise<void> => {
  if (seen.length === 0) return
  const rows = rowsOf(store)
  const known = new Map(
    (await rows.find({ _id: { $in: seen.map((source) => source.id) } }, { session }).toArray()).map((row) => [
      row._id,
      toSource(row),
    ]),
  )
  await rows.bulkWrite(
    seen.map((source) => {
      const { id, ...merged } = mergeContactSources(known.get(source.id), source)
      return {
        replaceOne: {
          filter: { _id: id },
          replacement: { schemaVersion: 1 as const, ...merged },
          upsert: true,
        },
      }
    }),
    { session },
  )
}

/** Every source that one of the scoped ids is tied to. */
export const findContacts = async (
  store: Store,
  session: ClientSession,
  refs: readonly string[],
): Promise<readonly ContactSource[]> =>
  refs.length === 0
    ? []
    : (
        await rowsOf(store)
          .find({ refs: { $in: [...refs] } }, { session })
          .toArray()
      ).map(toSource)
