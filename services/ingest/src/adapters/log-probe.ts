import { type createKafka, delay } from '@keyflow/runtime'

type Kafka = ReturnType<typeof createKafka>

const PATIENCE_MS = 1000

/** Asks the broker, on a connection of its own, whether every partition of the topic can be written to. */
export const createLogProbe = (kafka: Kafka, topic: string) => {
  let admin: ReturnType<Kafka['admin']> | undefined
  let asking: Promise<boolean> | undefined

  const ask = async (): Promise<boolean> => {
    const used = admin ?? kafka.admin()
    admin = used
    try {
      await used.connect()
      const { topics } = await used.fetchTopicMetadata({ topics: [topic] })
      return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
    } catch {
      // A client that has failed may hold a dead connection: the next question gets a new one.
      admin = undefined
      void used.disconnect().catch(() => {})
      return false
    }
  }

  return {
    /** false when the answer is no, and when there is none within a second. */
    hasLeaders: async (): Promise<boolean> => {
      asking ??= ask().finally(() => {
        asking = undefined
      })
      const enough = new AbortController()
      const tired = delay(PATIENCE_MS, enough.signal).then(() => false)
      const answer = await Promise.race([asking, tired])
      enough.abort()
      return answer
    },
    close: async (): Promise<void> => {
      await admin?.disconnect()
    },
  }
}
