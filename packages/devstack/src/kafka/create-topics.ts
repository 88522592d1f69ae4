import { type TopicSpec, topicSettings } from '@keyflow/contracts'
import { waitUntil } from '../processes/wait-until.ts'
import { withAdmin } from './kafka-admin.ts'

interface TopicOptions {
  /** Put before every name, so that tests on one broker do not meet. */
  readonly prefix?: string
  /** Instead of each topic's own number. */
  readonly partitions?: number
  readonly replicationFactor?: number
}

/** Creates the topics that are not there yet and waits until each can be written to. Existing topics stay as they are. */
export const createTopics = (
  brokers: readonly string[],
  topics: readonly TopicSpec[],
  { prefix = '', partitions, replicationFactor = 1 }: TopicOptions = {},
): Promise<void> =>
  withAdmin(brokers, async (admin) => {
    const wanted = topics.map((topic) => ({
      topic: `${prefix}${topic.name}`,
      numPartitions: partitions ?? topic.partitions,
      replicationFactor,
      configEntries: Object.entries(topicSettings(topic)).map(([name, value]) => ({ name, value })),
    }))
    const existing = new Set(await admin.listTopics())
    const missing = wanted.filter(({ topic }) => !existing.has(topic))
    if (missing.length > 0) {
      // Another process may create the same ones at this moment: what counts is that they exist afterwards.
      await admin.createTopics({ topics: missing, waitForLeaders: false }).catch((error: Error) => {
        if (!/already exists/i.test(JSON.stringify(error, Object.getOwnPropertyNames(error)))) throw error
      })
    }
    const names = wanted.map(({ topic }) => topic)
    const led = async (): Promise<boolean> => {
      const metadata = await admin.fetchTopicMetadata({ topics: names })
      return metadata.topics.every(({ partitions: all }) => all.length > 0 && all.every((p) => p.leader >= 0))
    }
    await waitUntil(led, { what: 'topics to have leaders', deadlineMs: 20_000 })
  })
