import { ALL_TOPICS } from '@keyflow/contracts'
import { createKafka, createLogger, type KafkaConfig, kafkaConnection } from '@keyflow/runtime'
import { type Finding, ok, problem, warning } from './finding.ts'

type Settings = KafkaConfig & { readonly prefix: string }

const TOPIC_RESOURCE = 2
const MEND = 'keyflow topics apply --dry-run, and then without'

/** Whether every topic is there, keeps records as long as documented, and takes what ingest accepts. */
export const checkKafka = async ({ prefix, ...config }: Settings): Promise<readonly Finding[]> => {
  const logger = createLogger({ service: 'keyflow', level: 'silent' })
  const admin = createKafka({
    clientId: 'keyflow-doctor',
    ...kafkaConnection(config),
    logger,
    maxRetryMs: 500,
  }).admin({
    retry: { retries: 2 },
  })
  try {
    await admin.connect()
    const existing = new Set(await admin.listTopics())
    const present = ALL_TOPICS.filter(({ name }) => existing.has(`${prefix}${name}`))
    const missing = ALL_TOPICS.filter(({ name }) => !existing.has(`${prefix}${name}`))
    // Kafka refuses a question about no topic at all.
    const { resources } =
      present.length === 0
        ? { resources: [] }
        : await admin.describeConfigs({
            includeSynonyms: false,
            resources: present.map(({ name }) => ({
              type: TOPIC_RESOURCE,
              name: `${prefix}${name}`,
              configNames: ['retention.ms', 'max.message.bytes', 'cleanup.policy'],
            })),
          })
    const settingsOf = new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    )
    const findings = [
      ...missing.map(({ name }) => problem('kafka.topics', `The topic ${prefix}${name} is missing.`, MEND)),
      ...present.flatMap((topic) =>
        checkTopic(`${prefix}${topic.name}`, topic, settingsOf.get(`${prefix}${topic.name}`) ?? new Map()),
      ),
    ]
    return findings.length > 0 ? findings : [ok('kafka.topics', `All ${present.length} topics are there.`)]
  } catch {
    return [
      problem(
        'kafka',
        `Kafka does not answer at ${config.kafkaBrokers.join(', ')}.`,
        'Is KAFKA_BROKERS right, and does it run?',
      ),
    ]
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

const checkTopic = (
  name: string,
  topic: (typeof ALL_TOPICS)[number],
  settings: ReadonlyMap<string, string>,
): readonly Finding[] => {
  const findings: Finding[] = []
  const retention = Number(settings.get('retention.ms') ?? topic.retentionMs)
  const isShorter = retention !== -1 && (topic.retentionMs === -1 || retention < topic.retentionMs)
  const compacts = topic.compactWithinMs !== undefined
  if (compacts !== (settings.get('cleanup.policy') ?? (compacts ? 'compact' : 'delete')).includes('compact'))
    findings.push(
      problem(
        'kafka.cleanup',
        `${name} ${compacts ? 'must be compacted' : 'is compacted and would lose records'}.`,
        MEND,
      ),
    )
  else if (isShorter && !compacts)
    findings.push(
      warning(
        'kafka.retention',
        `${name} forgets records sooner than documented: a rebuild would lack them.`,
        MEND,
      ),
    )
  if (Number(settings.get('max.message.bytes') ?? topic.maxMessageBytes) < topic.maxMessageBytes)
    findings.push(problem('kafka.size', `${name} takes smaller records than ingest accepts.`, MEND))
  return findings
}
