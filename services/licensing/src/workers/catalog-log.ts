import {
  CATALOG_KEY,
  type CatalogContent,
  CatalogRecord,
  type CatalogSource,
  keyflowHeaders,
  lintCatalog,
  type RecordHeaders,
} from '@keyflow/contracts'
import {
  type IncomingRecord,
  jsonOf,
  KeyflowError,
  type Logger,
  pollFor,
  type RecordPublisher,
} from '@keyflow/runtime'
import { Compile } from 'typebox/compile'
import { digestCatalog } from '../adapters/catalog-file.ts'
import { type CatalogHistory, type CatalogVersion, followedBy, headOf } from '../domain/catalog-history.ts'

/** A new version, before it has a number. */
export interface CatalogChange {
  readonly content: CatalogContent
  readonly existing: CatalogRecord['existing']
  readonly source: CatalogSource
  readonly restores: number | null
  readonly actor: string
  readonly reason: string
}

export type Published =
  | { readonly kind: 'applied'; readonly record: CatalogRecord }
  /** Somebody else was first: what was previewed is no longer what would happen. */
  | { readonly kind: 'conflict'; readonly head: number }
  /** In the log, not yet read back: it will be. */
  | { readonly kind: 'accepted' }

export interface CatalogLog {
  readonly history: () => CatalogHistory
  /** Every version with who made it and why, oldest first. */
  readonly records: () => readonly CatalogRecord[]
  /**
   * Appends the version after `parent`. Kafka's order decides between two at once; all replicas see the same winner. The
   * same `id` again is the same change: what became of it is told.
   */
  readonly publish: (change: CatalogChange, parent: number, id?: string) => Promise<Published>
  /** Called after every new version. */
  readonly onVersion: (listener: () => void) => void
}

interface CatalogLogOptions {
  readonly topic: string
  readonly follow: (
    topic: string,
    handle: (records: readonly IncomingRecord[]) => Promise<void>,
  ) => Promise<{ readonly caughtUp: Promise<void> }>
  readonly publisher: RecordPublisher
  /** What the first version says, when there is none. */
  readonly first: CatalogContent
  readonly clock: () => Date
  readonly newId: () => string
  readonly logger: Logger
  readonly signal: AbortSignal
}

const record = Compile(CatalogRecord)
const WAIT_MS = 5000

/**
 * The catalog's versions live in one topic that every replica reads from the beginning before it folds anything: there
 * is no other copy, so what a rebuild finds in Kafka is what was in force.
 */
export const openCatalogLog = async (options: CatalogLogOptions): Promise<CatalogLog> => {
  const records: CatalogRecord[] = []
  const listeners: (() => void)[] = []
  let history: readonly CatalogVersion[] = []
  const { caughtUp } = await options.follow(options.topic, async (incoming) => {
    for (const one of incoming) {
      const read = readRecord(one)
      const next = read === undefined ? undefined : followedBy(history, read)
      if (read === undefined) options.logger.error({ offset: one.offset }, 'catalog.unreadable')
      if (read === undefined || next === undefined) continue
      history = next
      records.push(read)
      options.logger.info(
        { version: read.version, digest: read.digest, source: read.source },
        'catalog.version',
      )
      for (const listener of listeners) listener()
    }
  })
  const publish = async (
    change: CatalogChange,
    parent: number,
    id = `cat_${options.newId()}`,
  ): Promise<Published> => {
    const made = toRecord(change, parent, id, options.clock())
    await options.publisher.publish({
      topic: options.topic,
      key: CATALOG_KEY,
      value: JSON.stringify(made),
      headers: headersOf(made),
    })
    const { signal } = options
    const winner = await pollFor(() => records[parent], { withinMs: WAIT_MS, everyMs: 10, signal })
    if (winner === undefined) return { kind: 'accepted' }
    return winner.id === made.id
      ? { kind: 'applied', record: winner }
      : { kind: 'conflict', head: records.length }
  }
  await untilRead(caughtUp, options.signal)
  while (history.length === 0 && !options.signal.aborted)
    await publish(
      {
        content: options.first,
        existing: { prices: 'keep', tiers: 'follow' },
        source: 'first_start',
        restores: null,
        actor: 'keyflow',
        reason: 'The first start found no catalog in the log.',
      },
      0,
    )
  const current = (): CatalogHistory => {
    const [first, ...rest] = history
    if (first === undefined) throw new KeyflowError('transient', 'NO_CATALOG', 'no catalog has been read yet')
    return [first, ...rest]
  }
  return {
    history: current,
    records: () => records,
    publish: async (change, parent, id) => {
      const known = id === undefined ? undefined : records.find((one) => one.id === id)
      if (known !== undefined) return { kind: 'applied', record: known }
      const head = headOf(current()).version
      return parent === head ? publish(change, parent, id) : { kind: 'conflict', head }
    },
    onVersion: (listener) => {
      listeners.push(listener)
    },
  }
}

/** The versions that records of the topic say, added to those that are known. */
export const readVersions = (
  known: readonly CatalogVersion[],
  records: readonly IncomingRecord[],
): readonly CatalogVersion[] =>
  records.reduce<readonly CatalogVersion[]>((history, one) => {
    const read = readRecord(one)
    return read === undefined ? history : (followedBy(history, read) ?? history)
  }, known)

const untilRead = (caughtUp: Promise<void>, signal: AbortSignal): Promise<void> =>
  Promise.race([
    caughtUp,
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    }),
  ])

const readRecord = (incoming: IncomingRecord): CatalogRecord | undefined => {
  const parsed = jsonOf(incoming)
  return record.Check(parsed) && lintCatalog(parsed.content).ok ? parsed : undefined
}

const toRecord = (change: CatalogChange, parent: number, id: string, at: Date): CatalogRecord => ({
  schemaVersion: 1,
  id,
  version: parent + 1,
  at: at.toISOString(),
  digest: digestCatalog(change.content),
  ...change,
})

const headersOf = (made: CatalogRecord): RecordHeaders =>
  keyflowHeaders({
    id: made.id,
    source: 'keyflow/licensing/api',
    type: 'catalog.version',
    subject: String(made.version),
    at: made.at,
  })
