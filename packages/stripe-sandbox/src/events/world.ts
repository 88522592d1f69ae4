import type { Clock } from '../clock.ts'
import { missingResource } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { EventRecord } from '../objects/event.ts'
import type { Kind, Kinds, SnapshotRecord, StoredRecord } from '../store/kinds.ts'
import type { Store } from '../store/store.ts'
import { looksDifferent } from './previous-attributes.ts'

/** Who asked for a change: shown on the events that it caused. Both null for what the sandbox does by itself. */
export interface Cause {
  readonly request: string | null
  readonly idempotency_key: string | null
}

/** What one request may do: read and replace records, and say what happened. */
export interface World {
  /** Unix seconds, the same for the whole request: that of the test clock whose customer it is about. */
  readonly now: number
  /** Unix seconds of the wall: events, payments and charges are stamped with it also on a test clock. */
  readonly wallNow: number
  /** Where the hosted pages are, without a slash at the end. */
  readonly origin: string
  readonly get: <K extends Kind>(kind: K, id: string | null) => Kinds[K] | undefined
  /** Throws Stripe's "No such …"; a deleted customer counts as missing. */
  readonly need: <K extends Kind>(kind: K, id: string, param: string) => Kinds[K]
  readonly all: <K extends Kind>(kind: K) => readonly Kinds[K][]
  readonly put: <R extends StoredRecord>(record: R) => R
  readonly remove: (kind: Kind, id: string) => void
  readonly emit: (type: string, record: SnapshotRecord, before?: SnapshotRecord) => void
  /** Replaces a record and emits `type` with what it was before, unless nothing visible changed. */
  readonly change: <R extends SnapshotRecord>(type: string, before: R, change: Partial<R>) => R
  /** Brings the events so far into the given order of types; types not named stay in front. */
  readonly arrange: (order: readonly string[]) => void
  /** The events of this request, in order. */
  readonly emitted: () => readonly EventRecord[]
}

export interface Setting {
  readonly store: Store
  readonly clock: Clock
  /** Known when the server listens. */
  readonly origin: () => string
}

/** Opens the world for one request; `at` is the time of its test clock. Nothing is kept before the store commits. */
export const openWorld = ({ store, clock, origin }: Setting, cause: Cause, at?: number): World => {
  const wallNow = Math.floor(clock.now() / 1000)
  const events: EventRecord[] = []

  const get: World['get'] = (kind, id) => (id === null ? undefined : store.get(kind, id))
  const emit: World['emit'] = (type, snapshot, before) => {
    events.push({
      object: 'event',
      id: newId('evt'),
      created: wallNow,
      type,
      endpoints: [],
      ...cause,
      snapshot,
      before: before ?? null,
    })
  }
  return {
    now: at ?? wallNow,
    wallNow,
    origin: origin(),
    get,
    need: (kind, id, param) => {
      const found = get(kind, id)
      if (found === undefined || (found.object === 'customer' && found.deleted))
        throw missingResource(kind, id, param)
      return found
    },
    all: store.all,
    put: store.put,
    remove: store.remove,
    emit,
    change: (type, before, change) => {
      const after = store.put({ ...before, ...change })
      if (looksDifferent(before, after)) emit(type, after, before)
      return after
    },
    arrange: (order) => {
      events.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type))
    },
    emitted: () => events,
  }
}
