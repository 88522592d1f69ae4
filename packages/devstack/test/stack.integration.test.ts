import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ALL_TOPICS } from '@keyflow/contracts'
import { Kafka, logLevel } from 'kafkajs'
import { MongoClient } from 'mongodb'
import { createTopics, sharedStack, uniqueName, waitUntil } from '../src/index.ts'

describe('the shared stack', () => {
  let brokers: readonly string[] = []
  let mongoUrl = ''
  const prefix = `${uniqueName('stack')}.`

  beforeAll(async () => {
    const stack = await sharedStack()
    brokers = stack.brokers
    mongoUrl = stack.mongoUrl
    await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 2 })
  }, 90_000)

  afterAll(async () => {
    const client = await MongoClient.connect(mongoUrl)
    await client.db(uniqueName('stack')).dropDatabase()
    await client.close()
  })

  const kafka = () => new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })

  it('gives back the bytes that were produced', async () => {
    const topic = `${prefix}stripe.events`
    const value = Buffer.from([0, 255, 10, 200, 13])
    const producer = kafka().producer()
    await producer.connect()
    await producer.send({ topic, acks: -1, messages: [{ key: 'k', value, headers: { ce_id: 'evt_1' } }] })
    await producer.disconnect()

    const read: Buffer[] = []
    const consumer = kafka().consumer({ groupId: uniqueName('stack') })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (message.value) read.push(message.value)
      },
    })
    await waitUntil(() => read.length > 0, { what: 'the record', deadlineMs: 15_000 })
    await consumer.disconnect()
    expect(read).toEqual([value])
  })

  it('has every topic with the asked number of partitions, and creating them again changes nothing', async () => {
    await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 7 })
    const admin = kafka().admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: ALL_TOPICS.map(({ name }) => prefix + name) })
    await admin.disconnect()
    expect(topics.map(({ partitions }) => partitions.length)).toEqual(ALL_TOPICS.map(() => 2))
  })

  it('refuses to make a topic by a typo', async () => {
    const producer = kafka().producer({ retry: { retries: 0 } })
    await producer.connect()
    const send = producer.send({ topic: `${prefix}stripe.evnets`, messages: [{ value: 'x' }] })
    await expect(send).rejects.toThrow(/does not host this topic|unknown topic/i)
    await producer.disconnect()
  })

  it('undoes a transaction that is aborted, and keeps one that is committed', async () => {
    const client = await MongoClient.connect(mongoUrl)
    const documents = client.db(uniqueName('stack')).collection<{ _id: string }>('documents')
    const session = client.startSession()
    try {
      session.startTransaction()
      await documents.insertOne({ _id: 'aborted' }, { session })
      await session.abortTransaction()
      session.startTransaction()
      await documents.insertOne({ _id: 'committed' }, { session })
      await session.commitTransaction()
      expect(await documents.distinct('_id')).toEqual(['committed'])
    } finally {
      await session.endSession()
      await documents.drop()
      await client.close()
    }
  })

  it('frees the locks of a transaction whose process died after five seconds, not a minute', async () => {
    const client = await MongoClient.connect(mongoUrl)
    const answer = await client.db('admin').command({ getParameter: 1, transactionLifetimeLimitSeconds: 1 })
    await client.close()
    expect(answer.transactionLifetimeLimitSeconds).toBe(5)
  })
})
