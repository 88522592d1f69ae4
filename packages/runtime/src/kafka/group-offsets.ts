import type { Kafka } from 'kafkajs'

/** Topic -> partition -> offset. */
export type Offsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>

const withAdmin = async <R>(
  kafka: Kafka,
  work: (admin: ReturnType<Kafka['admin']>) => Promise<R>,
): Promise<R> => {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await work(admin)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** The first offset that is kept, and the one after the last, of every partition. */
export const topicRanges = (
  kafka: Kafka,
  topics: readonly string[],
): Promise<{ readonly low: Offsets; readonly high: Offsets }> =>
  withAdmin(kafka, async (admin) => {
    const low = new Map<string, ReadonlyMap<number, bigint>>()
    const high = new Map<string, ReadonlyMap<number, bigint>>()
    for (const topic of topics) {
      const found = await admin.fetchTopicOffsets(topic)
      low.set(topic, new Map(found.map((one) => [one.partition, BigInt(one.low)])))
      high.set(topic, new Map(found.map((one) => [one.partition, BigInt(one.high)])))
    }
    return { low, high }
  })

/** What a group has committed; partitions without are left out. */
export const groupOffsets = (kafka: Kafka, groupId: string, topics: readonly string[]): Promise<Offsets> =>
  withAdmin(kafka, async (admin) => {
    const found = await admin.fetchOffsets({ groupId, topics: [...topics] })
    return new Map(
      found.map(({ topic, partitions }) => [
        topic,
        new Map(
          partitions.flatMap(({ partition, offset }) =>
            BigInt(offset) < 0n ? [] : [[partition, BigInt(offset)] as const],
          ),
        ),
      ]),
    )
  })

/** Moves a group that has no members. */
export const setGroupOffsets = (kafka: Kafka, groupId: string, offsets: Offsets): Promise<void> =>
  withAdmin(kafka, async (admin) => {
    for (const [topic, partitions] of offsets)
      if (partitions.size > 0)
        await admin.setOffsets({
          groupId,
          topic,
          partitions: [...partitions].map(([partition, offset]) => ({ partition, offset: String(offset) })),
        })
  })

export const deleteGroup = (kafka: Kafka, groupId: string): Promise<void> =>
  withAdmin(kafka, async (admin) => {
    await admin.deleteGroups([groupId])
  })

/** Whether a group has ever read a record of these topics. */
export const hasReadBefore = async (
  kafka: Kafka,
  groupId: string,
  topics: readonly string[],
): Promise<boolean> =>
  [...(await groupOffsets(kafka, groupId, topics)).values()].some((partitions) =>
    [...partitions.values()].some((offset) => offset > 0n),
  )
