import { HEADER, type RecordHeaders, SNAPSHOT_TYPE_PREFIX, STRIPE_TYPE_PREFIX } from '@keyflow/contracts'
import type { ClientSession } from 'mongodb'
import { type IncomingRecord, originOf } from '../kafka/records.ts'
import { insertOutbox, type OutboxEntry } from '../outbox/outbox.ts'
import type { RecordSpan } from '../telemetry/trace-context.ts'
import type { Applied, BatchItem, BatchProcessorOptions, Decoded } from './batch-contract.ts'
import type { RecordOutcome } from './batch-metrics.ts'
import { type Claimed, findClaimed, insertClaims, type NewClaim, passClaims } from './claims.ts'
import { insertDeadLetters, type SealedLetter, toDeadLetterEntry } from './dead-letters.ts'
import { causeOfDuplicate, type DuplicateCause } from './duplicate-cause.ts'
import { findRedriven, markRedriven } from './redriven-records.ts'

export interface Prepared<T> {
  readonly record: IncomingRecord
  readonly decoded: Decoded<T>
}

/** What stands written before the transaction begins. */
export interface Letters {
  /** Of records that could not be decoded. */
  readonly unreadable: ReadonlyMap<IncomingRecord, SealedLetter>
  /** What the batch's only record becomes. */
  readonly giveUp: SealedLetter | undefined
}

export interface Done {
  readonly entries: readonly OutboxEntry[]
  readonly outcomes: ReadonlyMap<IncomingRecord, RecordOutcome>
  /** Of the duplicates. */
  readonly causes: ReadonlyMap<IncomingRecord, DuplicateCause>
  readonly applied: Applied | undefined
}

/**
 * Everything that happens inside a batch's transaction, in one session and in this order: what is claimed is dropped, the
 * rest applied, then claims, dead letters and outbox written. With `giveUp` the batch's only record becomes that letter.
 */
export const runBatch = async <T>(
  options: BatchProcessorOptions<T>,
  batch: readonly Prepared<T>[],
  spans: ReadonlyMap<IncomingRecord, RecordSpan>,
  session: ClientSession,
  { unreadable, giveUp }: Letters,
): Promise<Done> => {
  const { store, personal } = options
  const now = options.clock(batch.map(({ record }) => record))
  await options.assertStore?.(session)
  const outcomes = new Map<IncomingRecord, RecordOutcome>()
  const items: BatchItem<T>[] = []
  const letters: SealedLetter[] = []
  const ids = batch.flatMap(({ decoded }) => idOf(decoded) ?? [])
  const claimed = ids.length === 0 ? new Map<string, Claimed>() : await findClaimed(store, session, ids)
  const redriven = await findRedriven(store, session, batch, claimed)
  const taken = new Set<string>([...claimed.keys()].filter((id) => !redriven.ids.has(id)))
  const claims: NewClaim[] = []
  const causes = new Map<IncomingRecord, DuplicateCause>()
  for (const { record, decoded } of batch) {
    const id = idOf(decoded)
    if (id !== undefined && taken.has(id)) {
      outcomes.set(record, 'duplicate')
      causes.set(record, causeOfDuplicate(record, claimed.get(id)))
    } else if (giveUp !== undefined) letters.push(giveUp)
    else if (decoded.kind === 'ignored') outcomes.set(record, 'ignored')
    else if (decoded.kind === 'dead') letters.push(...lettersOf(unreadable, record))
    else
      items.push({ id: decoded.id, item: decoded.item, record, trace: carriedOn(record, spans.get(record)) })
    if (id !== undefined && !taken.has(id)) {
      taken.add(id)
      claims.push({ id, origin: originOf(record), endpoint: record.headers[HEADER.endpoint] })
    }
  }
  const applied =
    items.length === 0 ? undefined : await options.apply(items, { session, store, now }, personal)
  const noops = new Set(applied?.noops ?? [])
  for (const { id, record } of items) outcomes.set(record, noops.has(id) ? 'noop' : 'applied')
  await insertClaims(
    store,
    session,
    claims.filter(({ id }) => !redriven.ids.has(id)),
    now,
  )
  await passClaims(
    store,
    session,
    claims.filter(({ id }) => redriven.ids.has(id)),
    now,
  )
  await markRedriven(store, session, redriven.letters)
  const fresh = await insertDeadLetters(store, session, letters, now)
  for (const letter of letters)
    outcomes.set(letter.record, fresh.includes(letter) ? 'dead_lettered' : 'duplicate')
  const entries = [
    ...(applied?.outbox ?? []),
    ...fresh.map((letter) => toDeadLetterEntry(options.deadLetterTopic, options.service, letter, now)),
  ]
  if (options.publisher !== null) await insertOutbox(store, session, entries, now)
  return { entries, outcomes, causes, applied }
}

/** Goes along with whatever a record causes: its trace, and when all this began at Stripe. */
const carriedOn = ({ headers }: IncomingRecord, span: RecordSpan | undefined): RecordHeaders => {
  const type = headers[HEADER.type] ?? ''
  const isEvent = type.startsWith(STRIPE_TYPE_PREFIX) && !type.startsWith(SNAPSHOT_TYPE_PREFIX)
  const began = isEvent ? headers[HEADER.time] : headers[HEADER.occurredAt]
  return { ...span?.headers, ...(began === undefined ? {} : { [HEADER.occurredAt]: began }) }
}

const lettersOf = (
  unreadable: ReadonlyMap<IncomingRecord, SealedLetter>,
  record: IncomingRecord,
): readonly SealedLetter[] => {
  const letter = unreadable.get(record)
  return letter === undefined ? [] : [letter]
}

const idOf = <T>(decoded: Decoded<T>): string | undefined =>
  decoded.kind === 'dead' ? undefined : decoded.id
