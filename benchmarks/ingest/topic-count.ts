import { Kafka, logLevel } from 'kafkajs'

/** Records that were ever written to a topic. */
export const countRecords = async (brokers: readonly string[], topic: string): Promise<number> => {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return offsets.reduce((sum, { offset }) => sum + Number(offset), 0)
}
