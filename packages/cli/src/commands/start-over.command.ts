import { consumerGroup } from '@keyflow/contracts'
import { defineConfig, startOver, text, url } from '@keyflow/runtime'
import { YES } from '../command/common-options.ts'
import { defineCommand } from '../command/define-command.ts'

const config = defineConfig('start-over', {
  mongodbUrl: url('MONGODB_URL', {
    doc: 'Replica set.',
    default: 'mongodb://127.0.0.1:27017/?replicaSet=rs0&directConnection=true',
    protocols: ['mongodb', 'mongodb+srv'],
    mayHoldPassword: true,
  }),
  mongodbDatabase: text('MONGODB_DATABASE', {
    doc: "The notifier's database.",
    default: 'keyflow_notifier',
  }),
  topicPrefix: text('TOPIC_PREFIX', { doc: 'Put before every topic and group name.', default: '' }),
})

export const command = defineCommand({
  summary: 'Let the notifier read the log again after its database was lost',
  description: `Contacts and the ledger of mails are built anew from the log, and nothing is mailed about anything that happened before this moment. Refused
while the database is not lost. Licensing has \`keyflow rebuild\`; what of dunning comes back is in docs/operating/rebuild.md.`,
  examples: [{ run: 'keyflow start-over', does: "the notifier's database was lost" }],
  build: (command) => command.option(...YES),
  run: async (session, _, { yes }) => {
    const { mongodbUrl, mongodbDatabase, topicPrefix } = session.config(config)
    await session.confirm(`Read the log again into ${mongodbDatabase}?`, yes)
    await startOver({
      mongodbUrl,
      database: mongodbDatabase,
      groupId: `${topicPrefix}${consumerGroup('notifier')}`,
      now: new Date(),
    })
    session.say('The notifier reads the log again, and keeps quiet about what was before.')
    return undefined
  },
})
