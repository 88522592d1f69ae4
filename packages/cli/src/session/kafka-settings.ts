import { defineConfig, kafkaFields, text } from '@keyflow/runtime'

/** Where Kafka is, for commands that read or write it themselves. */
export const kafkaSettings = defineConfig('keyflow', {
  ...kafkaFields,
  prefix: text('TOPIC_PREFIX', { doc: 'Put before every topic and group name.', default: '' }),
})
