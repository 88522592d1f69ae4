import { HEADER, KEYFLOW_TYPE_PREFIX, type PersonalRecord, personalRecordKey } from '@keyflow/contracts'
import type { OutgoingRecord } from '../kafka/records.ts'

/** As it is written to the topic of keys. */
export const toPersonalRecord = (topic: string, record: PersonalRecord): OutgoingRecord => ({
  topic,
  key: personalRecordKey(record),
  value: JSON.stringify(record),
  headers: {
    [HEADER.specVersion]: '1.0',
    [HEADER.id]: personalRecordKey(record),
    [HEADER.source]: 'keyflow/personal',
    [HEADER.type]: `${KEYFLOW_TYPE_PREFIX}personal.${record.kind}.v1`,
    [HEADER.contentType]: 'application/json',
  },
})

export interface ErasureOrder {
  readonly erasureId: string
  /** Scoped ids: the customer, and whatever stands for the same person. */
  readonly subjects: readonly string[]
  /** ISO 8601 UTC. */
  readonly at: string
  readonly actor: string
  /** Kept for ever: no personal data. */
  readonly reason: string
}

/** What makes every service forget these persons, once it is in the log. */
export const toErasureRecords = (
  topic: string,
  { subjects, ...order }: ErasureOrder,
): readonly OutgoingRecord[] =>
  subjects.map((subject) => toPersonalRecord(topic, { kind: 'erased', subject, ...order }))
