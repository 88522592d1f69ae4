import { describe, expect, it } from '@jest/globals'
import type { TopicSpec } from '@keyflow/contracts'
import { MongoClient } from 'mongodb'
import { createTopics, startKafka, startMongo } from '../src/index.ts'
import { withAdmin } from '../src/kafka/kafka-admin.ts'

const TOPIC: TopicSpec = { name: 'kept', partitions: 3, retentionMs: -1, maxMessageBytes: 1_000_000, doc: '' }

describe('servers that a test breaks', () => {
  it('a killed broker comes back on its port with its topics', async () => {
    const broker = await startKafka()
    try {
      await createTopics(broker.brokers, [TOPIC])
      const before = broker.pid
      await broker.kill('SIGKILL')
      expect(broker.pid).toBeUndefined()
      await expect(
        withAdmin(broker.brokers, (admin) => admin.listTopics(), { patient: false }),
      ).rejects.toThrow()
      await broker.restart()
      expect(broker.pid).not.toBe(before)
      const topics = await withAdmin(broker.brokers, (admin) => admin.listTopics())
      expect(topics).toContain('kept')
    } finally {
      await broker.stop()
    }
  }, 90_000)

  it('a killed mongod comes back on its port with its documents', async () => {
    const mongo = await startMongo()
    try {
      const before = await MongoClient.connect(mongo.url)
      await before.db('kept').collection('documents').insertOne({ kept: true })
      await before.close()
      await mongo.kill('SIGKILL')
      await mongo.restart()
      const after = await MongoClient.connect(mongo.url)
      expect(await after.db('kept').collection('documents').countDocuments({ kept: true })).toBe(1)
      await after.close()
    } finally {
      await mongo.stop()
    }
  }, 90_000)
})
