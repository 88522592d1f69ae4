import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { sharedStack, uniqueName } from '@keyflow/devstack'
import { ConfigResourceTypes, type Kafka } from 'kafkajs'
import { applyTopics, createKafka, createLogger } from '../src/index.ts'

describe('topics', () => {
  let kafka: Kafka
  const prefix = `${uniqueName('topics')}.`
  const options = {
    topics: [TOPICS.stripeEvents, TOPICS.personalKeys],
    prefix,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    dryRun: false,
  }
  const settingOf = async (name: string, setting: string): Promise<string | undefined> => {
    const admin = kafka.admin()
    await admin.connect()
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: [setting] }],
    })
    await admin.disconnect()
    return resources[0]?.configEntries[0]?.configValue
  }

  beforeAll(async () => {
    const stack = await sharedStack()
    kafka = createKafka({
      clientId: 'test',
      brokers: stack.brokers,
      logger: createLogger({ service: 'test', level: 'silent' }),
    })
  })
  afterAll(async () => {
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: options.topics.map(({ name }) => prefix + name) })
    await admin.disconnect()
  })

  it('are only told of in a dry run', async () => {
    const changes = await applyTopics(kafka, { ...options, dryRun: true })
    expect(changes.map(({ action }) => action)).toEqual(['create', 'create'])
    const admin = kafka.admin()
    await admin.connect()
    expect((await admin.listTopics()).filter((name) => name.startsWith(prefix))).toEqual([])
    await admin.disconnect()
  })

  it('are made with their settings, and a second run changes nothing', async () => {
    await applyTopics(kafka, options)
    expect(await settingOf(`${prefix}keyflow.personal-keys`, 'cleanup.policy')).toBe('compact')
    expect((await applyTopics(kafka, options)).map(({ action }) => action)).toEqual(['keep', 'keep'])
  })

  it('get the settings that a later version wants, and keep those that somebody else made', async () => {
    const name = `${prefix}stripe.events`
    const admin = kafka.admin()
    await admin.connect()
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name }],
    })
    const own = (resources[0]?.configEntries ?? []).filter(({ configSource }) => configSource === 1)
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name,
          configEntries: [
            ...own.map(({ configName, configValue }) => ({ name: configName, value: configValue })),
            { name: 'segment.bytes', value: '104857600' },
          ],
        },
      ],
    })
    await admin.disconnect()
    const longer = { ...TOPICS.stripeEvents, retentionMs: 40 * 86_400_000, partitions: 24 }
    const [change] = await applyTopics(kafka, { ...options, topics: [longer] })
    expect(change).toMatchObject({
      action: 'alter',
      differences: [
        `retention.ms: ${TOPICS.stripeEvents.retentionMs} -> ${longer.retentionMs}`,
        '12 partitions stay (new: 24)',
      ],
    })
    expect(await settingOf(name, 'retention.ms')).toBe(String(longer.retentionMs))
    expect(await settingOf(name, 'segment.bytes')).toBe('104857600')
  })
})
