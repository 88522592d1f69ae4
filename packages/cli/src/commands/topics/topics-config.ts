import { defineConfig, integer, list, text } from '@keyflow/runtime'

/** What `keyflow topics apply` reads from the environment. */
export const topicsConfig = defineConfig('keyflow', {
  brokers: list('KAFKA_BROKERS', {
    doc: 'Bootstrap brokers, host:port, comma-separated.',
    default: '127.0.0.1:9092',
  }),
  prefix: text('TOPIC_PREFIX', { doc: 'Put before every topic name.', default: '' }),
  replicationFactor: integer('KAFKA_REPLICATION_FACTOR', {
    doc: 'Replicas of each partition.',
    default: '3',
    min: 1,
    max: 9,
  }),
  minInsyncReplicas: integer('KAFKA_MIN_INSYNC_REPLICAS', {
    doc: 'Replicas that must have a record before it counts as written; fewer than there are, or one broker away stops everything.',
    default: '2',
    min: 1,
    max: 9,
  }),
})
