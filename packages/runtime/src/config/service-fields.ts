import { kafkaFields } from '../kafka/connection.ts'
import { masterKeysField } from '../personal/master-keys.ts'
import { choice, integer, port, text, tokens, url } from './fields.ts'

/** Keys that every service has; spread into its own declaration. */
export const serviceFields = (ports: { readonly http: number }) =>
  ({
    httpHost: text('HTTP_HOST', { doc: 'Address to listen on.', default: '127.0.0.1' }),
    httpPort: port('HTTP_PORT', { doc: 'Public API.', default: String(ports.http) }),
    opsPort: port('OPS_PORT', {
      doc: 'Metrics and health; keep it inside the cluster.',
      default: String(ports.http + 1000),
    }),
    ...kafkaFields,
    topicPrefix: text('TOPIC_PREFIX', {
      doc: 'Put before every topic and group name; lets several installations share brokers.',
      default: '',
    }),
    logLevel: choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], {
      doc: 'Least severe line that is written.',
      default: 'info',
    }),
    shutdownMs: integer('SHUTDOWN_MS', {
      doc: 'Time to finish work in hand after SIGTERM; keep it under the pod grace period.',
      default: '20000',
      min: 100,
    }),
  }) as const

/** Keys of a service that keeps state. */
export const storeFields = (database: string) =>
  ({
    operatorToken: tokens('OPERATOR_TOKEN', {
      doc: 'Bearer token of the operator routes, at least 16 characters; while rotating, the new one and then the old, comma-separated. Empty closes them.',
    }),
    mongodbUrl: url('MONGODB_URL', {
      doc: 'Replica set; transactions need one, even of a single node.',
      default: 'mongodb://127.0.0.1:27017/?replicaSet=rs0&directConnection=true',
      protocols: ['mongodb', 'mongodb+srv'],
      mayHoldPassword: true,
    }),
    mongodbDatabase: text('MONGODB_DATABASE', { doc: 'Database of this service alone.', default: database }),
    personalMasterKeys: masterKeysField('PERSONAL_MASTER_KEYS', {
      doc: 'Wrap the data keys under which personal data is kept: <id>:<32 bytes in base64>, comma-separated, the first for new keys. The same in every service; without them names and addresses are lost.',
    }),
    batchRecords: integer('BATCH_RECORDS', {
      doc: 'Most records in one transaction.',
      default: '200',
      min: 1,
      max: 1000,
    }),
    failpoints: text('FAILPOINTS', {
      doc: 'Crash tests only: points at which the process ends itself.',
      default: '',
    }),
    partitionsAtOnce: integer('PARTITIONS_AT_ONCE', {
      doc: 'Partitions that are read, and transactions that run, at the same time.',
      default: '6',
      min: 1,
      max: 32,
    }),
  }) as const
