import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { KeyflowError } from '../errors/classify.ts'
import type { RecordPublisher } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import { isDuplicateKey } from '../mongo/transaction.ts'
import { createKeys, findSubjects, markShared, type SubjectKeys } from './key-store.ts'
import type { MasterKeys } from './master-keys.ts'
import { toPersonalRecord } from './personal-record.ts'
import { openValue, partsOf, type SealedParts, sealValue } from './sealed-value.ts'

export interface Personal {
  /** Scoped id of the person (`personalSubjectOf` names it); a pseudonym, for it stands readable in the result. */
  readonly subject: string
  /** Anything that JSON can hold. */
  readonly value: unknown
}

/** What a sealed value turned out to be. `unknown_key`: sealed by another service whose key is not here yet. */
export type Opened =
  | { readonly kind: 'opened'; readonly value: unknown }
  | { readonly kind: 'erased' }
  | { readonly kind: 'unknown_key' }

/**
 * Seals personal data with a key of the person's own. To erase a person is to forget the key: whatever was sealed, in any
 * database, topic or backup, then opens no more.
 */
export interface PersonalVault {
  /**
   * Texts to store instead of the values, in their order; null where the person is erased: then nothing may be stored.
   * `leaves`: the text goes into a topic. Then other services must be able to open it, and the key is on the topic
   * of keys before this resolves.
   */
  readonly sealAll: (
    values: readonly Personal[],
    options?: { readonly leaves?: boolean },
  ) => Promise<readonly (string | null)[]>
  readonly seal: (
    subject: string,
    value: unknown,
    options?: { readonly leaves?: boolean },
  ) => Promise<string | null>
  /** In their order. Throws an `invalid` KeyflowError only for what no seal of ours is, or was altered. */
  readonly openAll: (sealed: readonly string[]) => Promise<readonly Opened[]>
  readonly open: (sealed: string) => Promise<Opened>
  /** Whether this service has heard of the erasure of all of them. */
  readonly areErased: (subjects: readonly string[]) => Promise<boolean>
  /** These subjects are read anew when next needed. */
  readonly forget: (subjects: readonly string[]) => void
}

export interface PersonalVaultOptions {
  readonly store: Store
  readonly publisher: RecordPublisher
  /** Full name of the topic of keys. */
  readonly topic: string
  readonly masterKeys: MasterKeys
  /** How long a process may still use a key that another one has erased, milliseconds. */
  readonly cacheMs?: number
}

interface LiveKey {
  readonly id: string
  readonly dataKey: Uint8Array
  readonly shared: boolean
}
interface Live {
  readonly erased: boolean
  readonly keys: readonly LiveKey[]
}

const CACHE_MS = 30_000
const CACHED_SUBJECTS = 50_000
const DATA_KEY_BYTES = 32

/** The vault over this service's own database. Known persons cost no round trip, new ones one write for all of a batch. */
export const createPersonalVault = (options: PersonalVaultOptions): PersonalVault => {
  const { store, masterKeys } = options
  const cache = new LRUCache<string, Live>({ max: CACHED_SUBJECTS, ttl: options.cacheMs ?? CACHE_MS })

  const toLive = (row: SubjectKeys): Live => ({
    erased: row.erasedAt !== null,
    keys: row.keys
      .filter(({ masterId }) => masterKeys.has(masterId))
      .map((key) => ({
        id: key.keyId,
        dataKey: masterKeys.unwrap(row._id, key),
        shared: key.shared,
      })),
  })

  const load = async (subjects: readonly string[], into: Map<string, Live>): Promise<void> => {
    if (subjects.length === 0) return
    for (const row of await findSubjects(store, subjects)) {
      const live = toLive(row)
      cache.set(row._id, live)
      into.set(row._id, live)
    }
  }

  const known = async (subjects: ReadonlySet<string>): Promise<Map<string, Live>> => {
    const found = new Map<string, Live>()
    const missing: string[] = []
    for (const subject of subjects) {
      const live = cache.get(subject)
      if (live === undefined) missing.push(subject)
      else found.set(subject, live)
    }
    await load(missing, found)
    return found
  }

  const isUsable = (live: Live | undefined): boolean =>
    live !== undefined && (live.erased || live.keys.length > 0)

  /** Every subject with a key, or erased. */
  const withKeys = async (subjects: ReadonlySet<string>): Promise<ReadonlyMap<string, Live>> => {
    const found = await known(subjects)
    const without = [...subjects].filter((subject) => !isUsable(found.get(subject)))
    if (without.length === 0) return found
    const made = without.map((subject) => ({
      subject,
      key: masterKeys.wrap(subject, randomBytes(9).toString('base64url'), randomBytes(DATA_KEY_BYTES)),
    }))
    try {
      await createKeys(store, made)
    } catch (error) {
      // Another process inserted the same row between the server's look and its write: its key is read below.
      if (!isDuplicateKey(error)) throw error
      await createKeys(store, made)
    }
    await load(without, found)
    return found
  }

  const share = async (subjects: ReadonlySet<string>, found: ReadonlyMap<string, Live>): Promise<void> => {
    const hidden = [...subjects].filter((subject) => found.get(subject)?.keys[0]?.shared === false)
    if (hidden.length === 0) return
    const rows = await findSubjects(store, hidden)
    await options.publisher.publishAll(
      rows.flatMap(({ _id, keys }) =>
        keys.map(({ keyId, masterId, wrapped }) =>
          toPersonalRecord(options.topic, { kind: 'key', subject: _id, keyId, masterId, wrapped }),
        ),
      ),
    )
    for (const { _id, keys } of rows)
      await markShared(
        store,
        _id,
        keys.map(({ keyId }) => keyId),
      )
    for (const subject of hidden) cache.delete(subject)
  }

  const sealAll: PersonalVault['sealAll'] = async (values, { leaves = false } = {}) => {
    const subjects = new Set(values.map(({ subject }) => subject))
    const found = await withKeys(subjects)
    if (leaves) await share(subjects, found)
    return values.map(({ subject, value }) => {
      const live = found.get(subject)
      const key = live?.keys[0]
      if (live?.erased === true) return null
      if (key === undefined)
        throw new KeyflowError('transient', 'PERSONAL_KEY_MISSING', 'a person has no key that can be used')
      return sealValue(key.dataKey, subject, key.id, value)
    })
  }

  const openOne = (parts: SealedParts, live: Live | undefined): Opened => {
    if (live?.erased === true) return { kind: 'erased' }
    const key = live?.keys.find(({ id }) => id === parts.keyId)
    return key === undefined
      ? { kind: 'unknown_key' }
      : { kind: 'opened', value: openValue(key.dataKey, parts) }
  }

  const openAll: PersonalVault['openAll'] = async (sealed) => {
    const all = sealed.map((text) => {
      const parts = partsOf(text)
      if (parts === null) throw new KeyflowError('invalid', 'NOT_SEALED', 'the text is no sealed value')
      return parts
    })
    const found = await known(new Set(all.map(({ subject }) => subject)))
    // A key that came after its person was cached.
    const late = all.filter((parts) => openOneKind(parts, found) === 'unknown_key')
    await load([...new Set(late.map(({ subject }) => subject))], found)
    return all.map((parts) => openOne(parts, found.get(parts.subject)))
  }

  const openOneKind = (parts: SealedParts, found: ReadonlyMap<string, Live>): Opened['kind'] => {
    const live = found.get(parts.subject)
    if (live?.erased === true) return 'erased'
    return live?.keys.some(({ id }) => id === parts.keyId) === true ? 'opened' : 'unknown_key'
  }

  return {
    sealAll,
    openAll,
    seal: async (subject, value, sealing) => (await sealAll([{ subject, value }], sealing))[0] ?? null,
    open: async (sealed) => (await openAll([sealed]))[0] ?? { kind: 'unknown_key' },
    areErased: async (subjects) => {
      const found = await known(new Set(subjects))
      return subjects.every((subject) => found.get(subject)?.erased === true)
    },
    forget: (subjects) => {
      for (const subject of subjects) cache.delete(subject)
    },
  }
}
