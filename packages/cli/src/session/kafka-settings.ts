import { defineConfig, list, text } from '@keyflow/runtime'

/** Where Kafka is, for commands that read or write it themselves. */
export const kafkaSettings = defineConfig('keyflow', {
  brokers: list('KAFKA_BROKERS', {
    doc: 'Bootstrap brokers, host:port, comma-separated.',
    default: '127.0.0.1:9092',
  }),
  prefix: text('TOPIC_PREFIX', { doc: 'Put before every topic and group name.', default: '' }),
})
