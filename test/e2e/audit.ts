import { ALL_TOPICS, consumerGroup, TOPICS } from '@keyflow/contracts'
import { waitUntil } from '@keyflow/devstack'
import { connectStore, createKafka, createLogger, followGenerations, type Store } from '@keyflow/runtime'
import { databaseOf, type Surroundings, topicPrefix } from './service-settings.ts'

const READERS = ['licensing', 'dunning', 'notifier'] as const

const READS = {
  licensing: [TOPICS.stripeEvents, TOPICS.stripeSnapshots, TOPICS.dunningEvents, TOPICS.licenseOperations],
  dunning: [
    TOPICS.stripeEvents,
    TOPICS.stripeSnapshots,
    TOPICS.licenseEvents,
    TOPICS.licenseAcks,
    TOPICS.mailEvents,
    TOPICS.dunningOperations,
  ],
  notifier: [TOPICS.stripeEvents, TOPICS.stripeSnapshots, TOPICS.licenseEvents, TOPICS.dunningEvents],
} as const

/** Looks from outside into topics, groups and databases of a world. */
export const openAudit = async (world: Surroundings) => {
  const prefix = topicPrefix(world.name)
  const logger = createLogger({ service: 'test', level: 'silent' })
  const admin = createKafka({ clientId: 'audit', brokers: world.brokers, logger }).admin()
  await admin.connect()
  const open = (service: (typeof READERS)[number]): Promise<Store> =>
    connectStore({ url: world.mongoUrl, database: databaseOf(world.name, service), appName: 'audit' })
  const stores = {
    licensing: await open('licensing'),
    dunning: await open('dunning'),
    notifier: await open('notifier'),
  }
  const all = READERS.map((reader) => stores[reader])

  /** The database in force and its group: after a rebuild they are others. While none is in force, the ones that were. */
  const current = async (reader: (typeof READERS)[number]): Promise<{ store: Store; groupId: string }> => {
    const groupId = prefix + consumerGroup(reader)
    const followed = await followGenerations(stores[reader]).catch(() => null)
    return followed === null
      ? { store: stores[reader], groupId }
      : { store: followed.store, groupId: followed.generation?.group ?? groupId }
  }

  const endOf = async (topic: string): Promise<ReadonlyMap<number, number>> =>
    new Map(
      (await admin.fetchTopicOffsets(prefix + topic)).map(({ partition, offset }) => [
        partition,
        Number(offset),
      ]),
    )

  const unread = async (ends: ReadonlyMap<string, ReadonlyMap<number, number>>): Promise<number> => {
    let count = 0
    for (const reader of READERS) {
      const topics = READS[reader].map(({ name }) => prefix + name)
      const { groupId } = await current(reader)
      const groups = await admin.fetchOffsets({ groupId, topics })
      for (const { topic, partitions } of groups)
        for (const { partition, offset } of partitions) {
          const end = ends.get(topic)?.get(partition) ?? 0
          count += end - Math.max(0, Number(offset))
        }
    }
    return count
  }

  /** Customers of whom a step is due on one of Stripe's test clocks. */
  const dueOnClocks = async (): Promise<number> => {
    const { db } = (await current('dunning')).store
    const clocks = await db.collection<{ _id: string; now: Date }>('clocks').find().toArray()
    const counts = await Promise.all(
      clocks.map(({ _id, now }) =>
        db.collection('customers').countDocuments({ clock: _id, nextActionAt: { $lte: now } }),
      ),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** Rows that somebody still has to act upon. */
  const unsettled = async (): Promise<number> => {
    const [licensing, dunning, notifier] = await Promise.all(READERS.map(async (reader) => current(reader)))
    const counts = await Promise.all([
      dueOnClocks(),
      ...[licensing, dunning, notifier].map(
        (one) => one?.store.db.collection('outbox').countDocuments() ?? 0,
      ),
      licensing?.store.db.collection('snapshot_requests').countDocuments({ state: 'waiting' }) ?? 0,
      notifier?.store.db
        .collection('messages')
        .countDocuments({ state: { $in: ['queued', 'rendered', 'sending'] } }) ?? 0,
    ])
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** Records so far, while nothing is left to be done; undefined otherwise. */
  const recordsIfQuiet = async (): Promise<number | undefined> => {
    const ends = new Map<string, ReadonlyMap<number, number>>()
    for (const { name } of ALL_TOPICS) ends.set(prefix + name, await endOf(name))
    if ((await unread(ends)) > 0 || (await unsettled()) > 0) return undefined
    return [...ends.values()].flatMap((end) => [...end.values()]).reduce((sum, end) => sum + end, 0)
  }

  return {
    stores,
    /** The database in force of a service, and the group that is folded into it. */
    inForce: current,
    /** What retention does: everything that a topic holds by now is gone. */
    deleteRecords: async (name: string): Promise<void> => {
      const topic = prefix + name
      const offsets = await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({
        topic,
        partitions: offsets.map(({ partition, offset }) => ({ partition, offset })),
      })
    },
    /**
     * Waits until every record is read by everybody who reads it, every question is answered, and every mail that can
     * be sent is sent: what has not happened by then does not happen. `isFed`: nothing more will come in by itself.
     */
    untilQuiet: async (isFed: () => Promise<boolean>, deadlineMs = 40_000): Promise<void> => {
      let before: number | undefined
      const isStill = async (): Promise<boolean> => {
        const now = (await isFed()) ? await recordsIfQuiet() : undefined
        const still = now !== undefined && now === before
        before = now
        return still
      }
      await waitUntil(isStill, { what: 'everything to be processed', deadlineMs, everyMs: 100 })
    },
    /** How many records any of the services has given up. */
    deadLetters: async (): Promise<number> => {
      const counts = await Promise.all(all.map(({ db }) => db.collection('dead_letters').countDocuments()))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    /** Id and version of every license, or of those of one subscription. */
    licenses: async (
      subscription?: string,
    ): Promise<readonly { readonly id: string; readonly version: number }[]> => {
      const rows = await stores.licensing.db
        .collection<{ _id: string; version: number }>('licenses')
        .find(subscription === undefined ? {} : { 'origin.subscription': subscription })
        .sort({ _id: 1 })
        .toArray()
      return rows.map(({ _id, version }) => ({ id: _id, version }))
    },
    close: async (): Promise<void> => {
      await admin.disconnect()
      for (const store of all) {
        await store.db.dropDatabase()
        await store.client.close()
      }
    },
  }
}
export type Audit = Awaited<ReturnType<typeof openAudit>>
