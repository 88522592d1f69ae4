import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { StoredRecord } from './kinds.ts'
import { KINDS } from './kinds.ts'
import { type Change, createStore, type Store } from './store.ts'

export interface JournaledStore {
  readonly store: Store
  readonly close: () => void
}

/** One unit of work is one line, so a line torn by a crash loses that unit whole and no other. */
const toLine = (changes: readonly Change[]): string => `${JSON.stringify(changes)}\n`

const readUnits = (path: string): readonly (readonly Change[])[] => {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  // What follows the last line break was never finished.
  return lines.slice(0, -1).map((line, index) => {
    try {
      return JSON.parse(line) as readonly Change[]
    } catch {
      throw new Error(`${path}: line ${index + 1} cannot be read. Remove the file to start afresh.`)
    }
  })
}

const replay = (store: Store, units: readonly (readonly Change[])[]): void => {
  for (const changes of units)
    for (const change of changes) {
      if ('put' in change) store.put(change.put)
      else store.remove(change.remove.kind, change.remove.id)
    }
  store.commit()
}

const everything = (store: Store): readonly StoredRecord[] => KINDS.flatMap((kind) => [...store.all(kind)])

/** Rewrites the journal as one line for each record, beside the old one, and then takes its place. */
const compact = (path: string, store: Store): void => {
  const fresh = `${path}.new`
  const file = openSync(fresh, 'w', 0o600)
  for (const record of everything(store)) writeFileSync(file, toLine([{ put: record }]))
  fsyncSync(file)
  closeSync(file)
  renameSync(fresh, path)
}

/**
 * Appends one unit. When the disk is full, a half-written line is taken back: the next unit would be glued to
 * it, and neither could be read again.
 */
const append = (file: number, changes: readonly Change[]): void => {
  const { size } = fstatSync(file)
  try {
    writeFileSync(file, toLine(changes))
  } catch (error) {
    ftruncateSync(file, size)
    throw error
  }
}

/** A store that is still there after a restart. `path` is its journal; it is made when missing. */
export const openJournaledStore = (path: string): JournaledStore => {
  mkdirSync(dirname(path), { recursive: true })
  let file: number | null = null
  const store = createStore((changes) => {
    if (file !== null) append(file, changes)
  })
  replay(store, readUnits(path))
  compact(path, store)
  file = openSync(path, 'a')
  return {
    store,
    close: () => {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}
