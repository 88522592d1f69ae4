import { type TopicSpec, topicSettings } from '@keyflow/contracts'
import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import { KeyflowError } from '../errors/classify.ts'
import { pollFor } from '../lifecycle/poll-for.ts'

// Node sees only some of the names that this CommonJS package exports.
const { ConfigResourceTypes, ConfigSource } = kafkajs

export interface ApplyTopicsOptions {
  readonly topics: readonly TopicSpec[]
  readonly prefix: string
  readonly replicationFactor: number
  /** `min.insync.replicas`: acks=all waits for so many. */
  readonly minInsyncReplicas: number
  readonly dryRun: boolean
}

export interface TopicChange {
  readonly topic: string
  readonly action: 'create' | 'alter' | 'keep'
  /** `name: before -> after`, for a person. */
  readonly differences: readonly string[]
}

/**
 * Makes the topics what they should be; run again it changes nothing. Partitions are never added: that would move keys
 * to other partitions while their records still lie in the old ones. A topic that has fewer is told of and kept.
 */
export const applyTopics = async (
  kafka: Kafka,
  options: ApplyTopicsOptions,
): Promise<readonly TopicChange[]> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const existing = new Set(await admin.listTopics())
    const changes: TopicChange[] = []
    for (const spec of options.topics) {
      const topic = `${options.prefix}${spec.name}`
      changes.push(
        existing.has(topic)
          ? await alterTopic(admin, topic, spec, options)
          : await createTopic(admin, topic, spec, options),
      )
    }
    const created = changes.filter(({ action }) => action === 'create').map(({ topic }) => topic)
    if (!options.dryRun && created.length > 0) await untilLed(admin, created)
    return changes
  } finally {
    await admin.disconnect()
  }
}

const LEADERS = { withinMs: 30_000, everyMs: 100 } as const

/** A new topic is told of before every partition of it can be written to, and at first not even that. */
const untilLed = async (admin: Admin, topics: string[]): Promise<void> => {
  const areLed = async (): Promise<true | undefined> => {
    const metadata = await admin.fetchTopicMetadata({ topics }).catch(() => undefined)
    const areAll = metadata?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
    return areAll === true ? true : undefined
  }
  if ((await pollFor(areLed, LEADERS)) === undefined)
    throw new KeyflowError('transient', 'NO_LEADERS', 'the new topics have no leaders yet')
}

const settingsOf = (spec: TopicSpec, { minInsyncReplicas }: ApplyTopicsOptions) => ({
  ...topicSettings(spec),
  'min.insync.replicas': String(minInsyncReplicas),
})

const toEntries = (settings: Readonly<Record<string, string>>) =>
  Object.entries(settings).map(([name, value]) => ({ name, value }))

const createTopic = async (
  admin: Admin,
  topic: string,
  spec: TopicSpec,
  options: ApplyTopicsOptions,
): Promise<TopicChange> => {
  const { replicationFactor, dryRun } = options
  await admin.createTopics({
    validateOnly: dryRun,
    waitForLeaders: false,
    topics: [
      {
        topic,
        numPartitions: spec.partitions,
        replicationFactor,
        configEntries: toEntries(settingsOf(spec, options)),
      },
    ],
  })
  return {
    topic,
    action: 'create',
    differences: [`${spec.partitions} partitions, ${replicationFactor} replicas`],
  }
}

const alterTopic = async (
  admin: Admin,
  topic: string,
  spec: TopicSpec,
  options: ApplyTopicsOptions,
): Promise<TopicChange> => {
  const own = await ownSettings(admin, topic)
  const wanted = settingsOf(spec, options)
  const differences = Object.entries(wanted)
    .filter(([name, value]) => own[name] !== value)
    .map(([name, value]) => `${name}: ${own[name] ?? 'default'} -> ${value}`)
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics[0]?.partitions.length ?? 0
  const kept = partitions < spec.partitions ? [`${partitions} partitions stay (new: ${spec.partitions})`] : []
  if (differences.length === 0) return { topic, action: 'keep', differences: kept }
  await admin.alterConfigs({
    validateOnly: options.dryRun,
    // The request replaces all settings of a topic: those that somebody else made must be said again.
    resources: [
      { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: toEntries({ ...own, ...wanted }) },
    ],
  })
  return { topic, action: 'alter', differences: [...differences, ...kept] }
}

/** What was set for the topic itself, not inherited from the broker. */
const ownSettings = async (admin: Admin, topic: string): Promise<Readonly<Record<string, string>>> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  })
  return Object.fromEntries(
    (resources[0]?.configEntries ?? [])
      .filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG)
      .map(({ configName, configValue }) => [configName, configValue]),
  )
}
