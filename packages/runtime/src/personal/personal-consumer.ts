import { type PersonalRecord, personalRecordKey, readPersonalRecord } from '@keyflow/contracts'
import type {
  Applied,
  BatchItem,
  BatchProcessorOptions,
  Decoded,
  Transaction,
} from '../consumer/batch-contract.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import { adoptKey, eraseSubject } from './key-store.ts'
import { toPersonalRecord } from './personal-record.ts'

/** A service's own item, or one of the topic of keys. */
export type WithPersonal<T> =
  | { readonly kind: 'own'; readonly item: T }
  | { readonly kind: 'personal'; readonly record: PersonalRecord }

/** Removes what a service keeps of erased persons beyond sealed values: look-up hashes, for instance. */
export type OnErased = (subjects: readonly string[], transaction: Transaction) => Promise<void>

export interface PersonalConsumerOptions<T> {
  readonly topic: string
  readonly decode: BatchProcessorOptions<T>['decode']
  readonly apply: BatchProcessorOptions<T>['apply']
  readonly onErased?: OnErased
}

/** A consumer that also keeps the keys of persons as the topic of keys says. */
export const withPersonalRecords = <T>(
  options: PersonalConsumerOptions<T>,
): Pick<BatchProcessorOptions<WithPersonal<T>>, 'decode' | 'apply'> => ({
  decode: (record) => {
    if (record.topic === options.topic) return decodePersonal(readPersonalRecord(record.value))
    const decoded = options.decode(record)
    return decoded.kind === 'item' ? { ...decoded, item: { kind: 'own', item: decoded.item } } : decoded
  },
  apply: async (items, transaction, personal) => {
    const own: BatchItem<T>[] = []
    const records: PersonalRecord[] = []
    for (const one of items)
      if (one.item.kind === 'own') own.push({ ...one, item: one.item.item })
      else records.push(one.item.record)
    const applied: Applied =
      own.length === 0 ? { outbox: [] } : await options.apply(own, transaction, personal)
    if (records.length === 0) return applied
    const dropped = await applyPersonal(options, records, transaction)
    return {
      ...applied,
      outbox: [...applied.outbox, ...dropped],
      afterCommit: () => {
        personal.forget(records.map(({ subject }) => subject))
        applied.afterCommit?.()
      },
    }
  },
})

const decodePersonal = (record: PersonalRecord | null): Decoded<never> | Decoded<WithPersonal<never>> => {
  if (record === null)
    return { kind: 'dead', code: 'schema_violation', reason: 'the record is no record of personal keys' }
  const eventType = `personal.${record.kind}`
  // Says nothing that the erasure does not say.
  if (record.kind === 'key_dropped') return { kind: 'ignored', eventType }
  const id = `personal:${record.kind === 'key' ? `${record.masterId}/` : ''}${personalRecordKey(record)}`
  return { kind: 'item', id, eventType, item: { kind: 'personal', record } }
}

/** In any order to the same: an erasure that comes before the key it drops keeps that key out as well. */
const applyPersonal = async <T>(
  options: PersonalConsumerOptions<T>,
  records: readonly PersonalRecord[],
  transaction: Transaction,
): Promise<readonly OutboxEntry[]> => {
  const { store, session } = transaction
  const drops: OutboxEntry[] = []
  const drop = (subject: string, keyId: string): void => {
    const record = toPersonalRecord(options.topic, { kind: 'key_dropped', subject, keyId })
    drops.push({ id: `dropped:${keyId}`, ...record })
  }
  const erased: string[] = []
  for (const record of records) {
    if (record.kind === 'key' && !(await adoptKey(store, session, record.subject, record)))
      drop(record.subject, record.keyId)
    if (record.kind !== 'erased') continue
    erased.push(record.subject)
    const keys = await eraseSubject(store, session, record.subject, new Date(record.at))
    for (const { keyId, shared } of keys) if (shared) drop(record.subject, keyId)
  }
  if (erased.length > 0) await options.onErased?.(erased, transaction)
  return drops
}
