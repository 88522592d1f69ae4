import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { delay } from '../errors/backoff.ts'
import { KeyflowError } from '../errors/classify.ts'
import { groupOffsets, type Offsets } from '../kafka/group-offsets.ts'
import { connectStore, type Store } from '../mongo/client.ts'
import { readGeneration, writeGeneration } from '../mongo/generation.ts'
import { countOutbox } from '../outbox/outbox.ts'

export interface SwitchOptions {
  readonly kafka: Kafka
  readonly mongodbUrl: string
  /** The database that the services are configured with. */
  readonly configured: string
  readonly into: string
  readonly groupId: string
  readonly topics: readonly string[]
  /** What is to be done while nobody folds: catch up, and make the new database ready. */
  readonly meanwhile: (retired: Store) => Promise<void>
  readonly quietMs?: number
}

/** Longer than any transaction of a consumer may take: what began before the retirement has ended by then. */
const LONGEST_TRANSACTION_MS = 25_000
const LOOK_MS = 500

/**
 * Puts a rebuilt database in force, with services running or not. First the old one is retired: whoever consumes into it
 * holds its partitions from the next transaction on, and goes on answering. When it has come to rest the rebuild catches
 * up, and the old one is told what took its place; running services end, and come back with the new one and its group.
 * When anything fails in between, the old database is in force again.
 */
export const switchDatabase = async (options: SwitchOptions): Promise<void> => {
  const named = await connectStore({
    url: options.mongodbUrl,
    database: options.configured,
    appName: 'keyflow-rebuild',
  })
  try {
    const { store: old, group } = await lastOf(named, options.groupId)
    const before = (await readGeneration(old)) ?? { state: 'live' as const, group: null, next: null }
    await writeGeneration(old, { state: 'retired', group: before.group, next: null })
    try {
      await untilAtRest(options, old, group)
      await options.meanwhile(old)
    } catch (error) {
      await writeGeneration(old, before)
      throw error
    }
    await writeGeneration(old, { state: 'retired', group: before.group, next: options.into })
  } finally {
    await named.client.close()
  }
}

/** The database in force, at the end of the chain of those that were replaced. */
const lastOf = async (named: Store, groupId: string): Promise<{ store: Store; group: string }> => {
  let store = named
  for (;;) {
    const generation = await readGeneration(store)
    if (generation?.state !== 'retired') return { store, group: generation?.group ?? groupId }
    if (generation.next === null)
      throw new KeyflowError(
        'invalid',
        'SWITCH_UNDER_WAY',
        'another switch is under way, or was cut off: see docs/operating/rebuild.md',
      )
    store = { client: store.client, db: store.client.db(generation.next) }
  }
}

const untilAtRest = async (
  { kafka, topics, quietMs = 2000 }: SwitchOptions,
  old: Store,
  group: string,
): Promise<void> => {
  const deadline = performance.now() + LONGEST_TRANSACTION_MS
  let seen = ''
  let since = performance.now()
  while (performance.now() < deadline) {
    const now = describe(await groupOffsets(kafka, group, topics), await countOutbox(old))
    if (now !== seen) {
      seen = now
      since = performance.now()
    } else if (performance.now() - since >= quietMs) return
    await delay(LOOK_MS)
  }
  throw new KeyflowError('transient', 'NOT_AT_REST', 'something still writes to the old database')
}

const describe = (offsets: Offsets, outbox: number): string =>
  JSON.stringify([
    outbox,
    [...offsets].map(([topic, partitions]) => [topic, [...partitions].map(([p, o]) => [p, String(o)])]),
  ])

/** A name for the next database: the one that is configured, and something that no other rebuild has. */
export const nameRebuild = ({ mongodbDatabase }: { readonly mongodbDatabase: string }): string =>
  `${mongodbDatabase}_${randomUUID().slice(0, 8)}`

/** Puts the old database in force again after a switch that was cut off. */
export const undoSwitch = async (config: {
  readonly mongodbUrl: string
  readonly mongodbDatabase: string
}): Promise<void> => {
  const named = await connectStore({
    url: config.mongodbUrl,
    database: config.mongodbDatabase,
    appName: 'keyflow-rebuild',
  })
  try {
    let store: Store = named
    for (;;) {
      const generation = await readGeneration(store)
      if (generation?.state !== 'retired')
        throw new KeyflowError('invalid', 'NO_SWITCH', 'no switch was cut off: a database is in force')
      if (generation.next === null) {
        await writeGeneration(store, { state: 'live', group: generation.group, next: null })
        return
      }
      store = { client: named.client, db: named.client.db(generation.next) }
    }
  } finally {
    await named.client.close()
  }
}
