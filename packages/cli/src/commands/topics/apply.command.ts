import { ALL_TOPICS } from '@keyflow/contracts'
import { applyTopics, createKafka, createLogger, kafkaConnection } from '@keyflow/runtime'
import { CliError } from '../../command/cli-error.ts'
import { DRY_RUN } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'
import { topicsConfig } from './topics-config.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'no answer')

export const command = defineCommand({
  summary: 'Create the topics, or bring their settings up to date',
  description: `Creates what is missing and changes settings that differ; run again it does nothing. Takes KAFKA_BROKERS, TOPIC_PREFIX,
KAFKA_REPLICATION_FACTOR (3) and KAFKA_MIN_INSYNC_REPLICAS (2) from the environment or --env-file. Partitions of a topic that exists are never added.`,
  examples: [
    { run: 'keyflow topics apply --dry-run', does: 'what would be created or changed?' },
    {
      run: 'KAFKA_REPLICATION_FACTOR=1 KAFKA_MIN_INSYNC_REPLICAS=1 keyflow topics apply',
      does: 'on a single broker',
    },
  ],
  build: (command) => command.option(...DRY_RUN),
  run: async (session, _arguments, { dryRun }) => {
    const config = session.config(topicsConfig)
    const kafka = createKafka({
      clientId: 'keyflow-cli',
      ...kafkaConnection(config),
      logger: createLogger({ service: 'keyflow', level: 'silent' }),
    })
    const changes = await applyTopics(kafka, {
      ...config,
      topics: ALL_TOPICS,
      dryRun: dryRun === true,
    }).catch((error: unknown) => {
      throw new CliError(`Kafka at ${config.kafkaBrokers.join(', ')}: ${messageOf(error)}`, {
        exitCode: EXIT.unavailable,
      })
    })
    session.json(changes)
    session.table(
      ['TOPIC', 'ACTION', 'DIFFERENCES'],
      changes.map(({ topic, action, differences }) => [topic, action, differences.join('; ')]),
    )
    return undefined
  },
})
