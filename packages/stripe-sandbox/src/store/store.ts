import { KINDS, type Kind, type Kinds, type StoredRecord } from './kinds.ts'

export type Change =
  | { readonly put: StoredRecord }
  | { readonly remove: { readonly kind: Kind; readonly id: string } }

/** Everything that the sandbox remembers. Records are replaced, never changed, so a reference is a snapshot. */
export interface Store {
  readonly get: <K extends Kind>(kind: K, id: string) => Kinds[K] | undefined
  /** Oldest first. */
  readonly all: <K extends Kind>(kind: K) => readonly Kinds[K][]
  readonly count: (kind: Kind) => number
  readonly put: <R extends StoredRecord>(record: R) => R
  readonly remove: (kind: Kind, id: string) => void
  /** Ends a unit of work: the changes since the last end go to the journal as one. */
  readonly commit: () => void
  /** Undoes the changes since the last commit. */
  readonly rollback: () => void
}

interface Undo {
  readonly kind: Kind
  readonly id: string
  readonly previous: StoredRecord | undefined
}

/** `write` receives each unit of work; it must not return before the unit is kept. */
export const createStore = (write: (changes: readonly Change[]) => void = () => {}): Store => {
  const collections = new Map<Kind, Map<string, StoredRecord>>(KINDS.map((kind) => [kind, new Map()]))
  let changes: Change[] = []
  let undo: Undo[] = []

  const collection = (kind: Kind): Map<string, StoredRecord> => {
    const found = collections.get(kind)
    if (found === undefined) throw new Error(`Unknown kind of record: ${kind}`)
    return found
  }
  const remember = (kind: Kind, id: string): void => {
    undo.push({ kind, id, previous: collection(kind).get(id) })
  }

  return {
    get: <K extends Kind>(kind: K, id: string) => collection(kind).get(id) as Kinds[K] | undefined,
    all: <K extends Kind>(kind: K) => [...collection(kind).values()] as Kinds[K][],
    count: (kind) => collection(kind).size,
    put: (record) => {
      remember(record.object, record.id)
      collection(record.object).set(record.id, record)
      changes.push({ put: record })
      return record
    },
    remove: (kind, id) => {
      remember(kind, id)
      collection(kind).delete(id)
      changes.push({ remove: { kind, id } })
    },
    commit: () => {
      if (changes.length > 0) write(changes)
      changes = []
      undo = []
    },
    rollback: () => {
      for (const { kind, id, previous } of undo.reverse()) {
        if (previous === undefined) collection(kind).delete(id)
        else collection(kind).set(id, previous)
      }
      changes = []
      undo = []
    },
  }
}
