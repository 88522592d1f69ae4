import { defineConfig, integer } from '@keyflow/runtime'
import { kafkaSettings } from '../../session/kafka-settings.ts'

/** What `keyflow topics apply` reads from the environment. */
export const topicsConfig = defineConfig('keyflow', {
  ...kafkaSettings.fields,
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
