import { ACCESS_NAMES, SERVICE_ACCESS } from '@keyflow/contracts'
import { applyAccess, createKafka, createLogger, kafkaConnection } from '@keyflow/runtime'
import { CliError } from '../../command/cli-error.ts'
import { DRY_RUN } from '../../command/common-options.ts'
import { defineCommand } from '../../command/define-command.ts'
import { EXIT } from '../../command/exit-codes.ts'
import { kafkaSettings } from '../../session/kafka-settings.ts'

export const command = defineCommand({
  summary: 'Allow each service what it needs of Kafka, and nothing else',
  description: `Makes the brokers' access lists: which user may read and write which topic, with which consumer group. Run again it does
nothing; what is allowed beyond that is listed and kept. The users keyflow_ingest, keyflow_licensing, keyflow_dunning, keyflow_notifier and
keyflow_outbound are made where your brokers keep them. Takes KAFKA_* and TOPIC_PREFIX from the environment or --env-file, with a user who may
alter access lists.`,
  examples: [
    { run: 'keyflow topics grant --dry-run', does: 'what is missing, and what is allowed beyond need?' },
    {
      run: 'keyflow topics grant --principals User:prod_',
      does: 'for the users prod_ingest, prod_licensing …',
    },
    { run: 'keyflow topics grant --redrive', does: 'so that dead letters can be published again' },
  ],
  build: (command) =>
    command
      .option('--principals <prefix>', 'what the name of the service is appended to', 'User:keyflow_')
      .option('--redrive', 'services may also write the topics that they read')
      .option(...DRY_RUN),
  run: async (session, _arguments, { principals, redrive, dryRun }) => {
    const { prefix, ...config } = session.config(kafkaSettings)
    const kafka = createKafka({
      clientId: 'keyflow-cli',
      ...kafkaConnection(config),
      logger: createLogger({ service: 'keyflow', level: 'silent' }),
    })
    const changes = await applyAccess(kafka, {
      access: new Map(ACCESS_NAMES.map((name) => [`${principals}${name}`, SERVICE_ACCESS[name]])),
      prefix,
      mayRedrive: redrive === true,
      dryRun: dryRun === true,
    }).catch((error: unknown) => {
      throw new CliError(
        `Kafka at ${config.kafkaBrokers.join(', ')}: ${error instanceof Error ? error.message : 'no answer'}`,
        { exitCode: EXIT.unavailable, fix: 'Do the brokers have an authorizer, and may this user alter it?' },
      )
    })
    session.json(changes)
    session.table(
      ['PRINCIPAL', 'ACTION', 'WHAT'],
      changes.map(({ principal, action, what }) => [principal, action, what]),
    )
    return undefined
  },
})
