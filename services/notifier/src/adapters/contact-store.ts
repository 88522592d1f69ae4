import { type CollectionSpec, KeyflowError, type PersonalVault, type Store } from '@keyflow/runtime'
import type { ClientSession, Collection } from 'mongodb'
import { type ContactSource, mergeContactSources, subjectOf } from '../domain/contact.ts'

interface SourceRow extends Pick<ContactSource, 'kind' | 'refs' | 'customer'> {
  _id: string
  schemaVersion: 2
  /** The register, under the person's key; null once the person is erased. */
  sealed: string | null
}

export const CONTACTS: CollectionSpec = {
  name: 'contacts',
  indexes: [{ key: { refs: 1 }, name: 'refs' }],
  schema: {
    bsonType: 'object',
    required: ['_id', 'schemaVersion', 'kind', 'refs', 'customer', 'sealed'],
    properties: {
      refs: { bsonType: 'array' },
      sealed: { bsonType: ['string', 'null'] },
      register: { not: {} },
    },
  },
}

/** The vault, and where contacts lie. */
export interface ContactBook {
  readonly store: Store
  readonly personal: PersonalVault
}

const rowsOf = (store: Store): Collection<SourceRow> => store.db.collection<SourceRow>(CONTACTS.name)

/** What of the rows can be read; erased persons are left out. */
const openRows = async (
  personal: PersonalVault,
  rows: readonly SourceRow[],
): Promise<readonly ContactSource[]> => {
  const sealed = rows.filter((row) => row.sealed !== null)
  const opened = await personal.openAll(sealed.map((row) => row.sealed ?? ''))
  return sealed.flatMap(({ _id, kind, refs, customer }, index) => {
    const one = opened[index]
    if (one?.kind === 'unknown_key')
      throw new KeyflowError(
        'transient',
        'CONTACT_KEY_UNKNOWN',
        'the key of a contact is not in the database',
      )
    if (one?.kind !== 'opened') return []
    return [{ id: _id, kind, refs, customer, register: one.value as ContactSource['register'] }]
  })
}

/** Merges what was seen into what is known, inside the caller's transaction. Of the erased only the ids are kept. */
export const mergeContacts = async (
  { store, personal }: ContactBook,
  session: ClientSession,
  seen: readonly ContactSource[],
): Promise<void> => {
  if (seen.length === 0) return
  const rows = rowsOf(store)
  const found = await rows.find({ _id: { $in: seen.map((source) => source.id) } }, { session }).toArray()
  const known = new Map((await openRows(personal, found)).map((source) => [source.id, source]))
  const merged = seen.map((source) => mergeContactSources(known.get(source.id), source))
  const sealed = await personal.sealAll(
    merged.map((source) => ({ subject: subjectOf(source), value: source.register })),
  )
  await rows.bulkWrite(
    merged.map(({ id, kind, refs, customer }, index) => ({
      replaceOne: {
        filter: { _id: id },
        replacement: { schemaVersion: 2 as const, kind, refs, customer, sealed: sealed[index] ?? null },
        upsert: true,
      },
    })),
    { session },
  )
}

/** Every source that one of the scoped ids is tied to. */
export const findContacts = async (
  { store, personal }: ContactBook,
  session: ClientSession,
  refs: readonly string[],
): Promise<readonly ContactSource[]> =>
  refs.length === 0
    ? []
    : openRows(
        personal,
        await rowsOf(store)
          .find({ refs: { $in: [...refs] } }, { session })
          .toArray(),
      )

const ROUNDS = 8

/**
 * Scoped ids of everything that stands for the same person: the session that a customer bought in, the payment of that
 * session, its charge. Asked for an object of a customer, it begins with that customer. Another customer ends the search:
 * nobody is erased with somebody else.
 */
export const findTied = async (
  store: Store,
  asked: string,
  session?: ClientSession,
): Promise<readonly string[]> => {
  const options = session === undefined ? {} : { session }
  const subject = (await rowsOf(store).findOne({ _id: asked }, options))?.customer ?? asked
  const found = new Set([subject])
  let news = [subject]
  for (let round = 0; round < ROUNDS && news.length > 0; round += 1) {
    const rows = await rowsOf(store)
      .find(
        { refs: { $in: news }, customer: { $in: [null, subject] } },
        { projection: { refs: 1 }, ...options },
      )
      .toArray()
    news = [...new Set(rows.flatMap(({ _id, refs }) => [_id, ...refs]))].filter((id) => !found.has(id))
    for (const id of news) found.add(id)
  }
  return [...found].sort()
}

export const countContacts = (store: Store, subjects: readonly string[]): Promise<number> =>
  rowsOf(store).countDocuments({
    $or: [{ _id: { $in: [...subjects] } }, { customer: { $in: [...subjects] } }],
  })

/** What is sealed of them opens no more; this takes the ciphertext away as well. */
export const eraseContacts = async (
  store: Store,
  session: ClientSession,
  subjects: readonly string[],
): Promise<void> => {
  await rowsOf(store).updateMany(
    { $or: [{ _id: { $in: [...subjects] } }, { customer: { $in: [...subjects] } }] },
    { $set: { sealed: null } },
    { session },
  )
}

/** Contacts of an older version lay open: sealed at boot, before anything is consumed. */
export const sealOpenContacts = async ({ store, personal }: ContactBook): Promise<number> => {
  const rows = store.db.collection<{ _id: string; refs: string[]; register: unknown }>(CONTACTS.name)
  let count = 0
  for await (const row of rows.find({ register: { $exists: true } })) {
    const customer = row.refs.find((ref) => /:cus_\w+$/.test(ref)) ?? null
    const sealed = await personal.seal(customer ?? row._id, row.register)
    await rows.updateOne(
      { _id: row._id },
      { $set: { schemaVersion: 2, customer, sealed }, $unset: { register: '' } },
    )
    count += 1
  }
  return count
}
