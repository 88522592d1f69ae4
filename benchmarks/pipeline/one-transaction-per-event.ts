// The baseline: what a careful service without micro-batches does. One transaction for each event (claim, state, outbox),
// 32 lanes by key so that events of one buyer stay in order.

import { TOPICS } from '@keyflow/contracts'
import { connectStore, createKafka, createLogger, inTransaction, type Store } from '@keyflow/runtime'

const LANES = 32

interface Event {
  readonly id: string
  readonly created: number
  readonly type: string
  readonly data: { readonly object: { readonly id: string; readonly status?: string } }
}

const laneOf = (key: string): number => {
  let hash = 0
  for (let at = 0; at < key.length; at += 1) hash = (hash * 31 + key.charCodeAt(at)) | 0
  return Math.abs(hash) % LANES
}

const applyOne = async (store: Store, key: string, id: string, event: Event): Promise<void> =>
  inTransaction(store, async (session) => {
    const claims = store.db.collection<{ _id: string; at: Date }>('idempotency')
    if ((await claims.findOne({ _id: id }, { session })) !== null) return
    await claims.insertOne({ _id: id, at: new Date() }, { session })
    await store.db
      .collection<{ _id: string }>('licenses')
      .findOneAndUpdate(
        { _id: key },
        { $set: { status: event.data.object.status, seen: event.created }, $inc: { v: 1 } },
        { upsert: true, session },
      )
    await store.db
      .collection<{ _id: string }>('outbox')
      .insertOne({ _id: `${id}:out`, type: event.type } as { _id: string }, { session })
  })

/** Drains `expected` events and resolves with the seconds that it took, counted from the first record. */
export const drainOneByOne = async (options: {
  readonly brokers: readonly string[]
  readonly mongoUrl: string
  readonly database: string
  readonly topicPrefix: string
  readonly expected: number
}): Promise<number> => {
  const logger = createLogger({ service: 'bench', level: 'silent' })
  const store = await connectStore({ url: options.mongoUrl, database: options.database, appName: 'bench' })
  for (const name of ['idempotency', 'licenses', 'outbox']) await store.db.createCollection(name)
  const kafka = createKafka({ clientId: 'bench-baseline', brokers: options.brokers, logger })
  const consumer = kafka.consumer({
    groupId: `${options.topicPrefix}baseline`,
    maxBytesPerPartition: 1_048_576,
  })
  await consumer.connect()
  await consumer.subscribe({
    topics: [`${options.topicPrefix}${TOPICS.stripeEvents.name}`],
    fromBeginning: true,
  })
  let done = 0
  let first = 0
  const seconds = await new Promise<number>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 3,
        eachBatch: async (payload) => {
          if (first === 0) first = performance.now()
          const lanes = Array.from({ length: LANES }, (): (typeof payload.batch.messages)[number][] => [])
          for (const message of payload.batch.messages)
            lanes[laneOf(message.key?.toString() ?? '')]?.push(message)
          await Promise.all(
            lanes.map(async (lane) => {
              for (const message of lane) {
                const id = message.headers?.ce_id?.toString() ?? ''
                await applyOne(
                  store,
                  message.key?.toString() ?? '',
                  id,
                  JSON.parse(message.value?.toString() ?? '{}') as Event,
                )
                done += 1
                await payload.heartbeat()
              }
            }),
          )
          payload.resolveOffset(payload.batch.lastOffset())
          await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets())
          if (done >= options.expected) resolve((performance.now() - first) / 1000)
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
  await store.client.close()
  return seconds
}
