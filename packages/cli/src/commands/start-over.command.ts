import { Option } from '@commander-js/extra-typings'
import { consumerGroup } from '@keyflow/contracts'
import { defineConfig, startOver, text, url } from '@keyflow/runtime'
import { instant } from '../command/argument-types.ts'
import { YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'

const BEGUN_ANEW = ['notifier', 'outbound'] as const

const config = defineConfig('start-over', {
  mongodbUrl: url('MONGODB_URL', {
    doc: 'Replica set.',
    default: 'mongodb://127.0.0.1:27017/?replicaSet=rs0&directConnection=true',
    protocols: ['mongodb', 'mongodb+srv'],
    mayHoldPassword: true,
  }),
  mongodbDatabase: text('MONGODB_DATABASE', {
    doc: "The service's database; empty = keyflow_<service>.",
    default: '',
  }),
  topicPrefix: text('TOPIC_PREFIX', { doc: 'Put before every topic and group name.', default: '' }),
})

export const command = defineCommand({
  summary: 'Let the notifier or outbound read the log again after its database was lost',
  description: `Contacts and the ledger of mails, or webhook endpoints and deliveries, are built anew from the log, and nobody is written to about
anything that happened before this moment. Refused while the database is not lost. Licensing and dunning have \`keyflow rebuild\`. What comes
back and what does not is in docs/operating/rebuild.md.`,
  examples: [
    { run: 'keyflow start-over', does: "the notifier's database was lost" },
    { run: 'keyflow start-over --service outbound --yes', does: "outbound's was" },
    {
      run: 'keyflow start-over --since 2026-11-24T02:10:00Z',
      does: 'what happened since it was lost shall be told after all',
    },
  ],
  build: (command) =>
    command
      .addOption(
        new Option('--service <name>', 'whose database').choices(BEGUN_ANEW).default('notifier' as const),
      )
      .option('--since <instant>', 'tell what happened since then, ISO 8601; default: now', instant)
      .option(...YES),
  run: async (session, _, { service, since, yes }) => {
    const { mongodbUrl, mongodbDatabase, topicPrefix } = session.config(config)
    const database = mongodbDatabase === '' ? `keyflow_${service}` : mongodbDatabase
    await session.confirm(`Read the log again into ${database}?`, yes)
    const now = new Date()
    const quietBefore = since ?? now
    await startOver({
      mongodbUrl,
      database,
      groupId: `${topicPrefix}${consumerGroup(service)}`,
      now,
      quietBefore,
    })
    session.json({ service, database, quiet_before: quietBefore.toISOString() })
    session.say(`${service} reads the log again, and keeps quiet about what was before.`)
    return undefined
  },
})
