import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assertJava, kafkaJars } from '../downloads/kafka-jars.ts'
import { startEmbeddedServer } from '../processes/embedded-server.ts'
import { pickFreePort } from '../processes/ports.ts'
import { ensureFormatted } from './formatted-storage.ts'
import { knowsItself, prepareForGroups } from './kafka-admin.ts'
import { kafkaProperties } from './kafka-properties.ts'
import type { KafkaOptions, KafkaServer } from './kafka-server.ts'

// Short-lived and beside its clients: a small heap and the quick compiler start faster and leave the cores to others.
export const JAVA_OPTIONS = [
  '-Xmx512m',
  '-XX:TieredStopAtLevel=1',
  '-Djava.awt.headless=true',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
]

/** Apache Kafka from its own jars: one process that is broker and controller. */
export const startEmbeddedKafka = async (options: KafkaOptions): Promise<KafkaServer> => {
  const jars = await kafkaJars(options.log ?? (() => undefined))
  const server = await startEmbeddedServer({
    name: 'kafka',
    what: 'Kafka',
    portVariable: 'KAFKA_PORT',
    options,
    prepare: async (dataDir, port) => {
      const logDir = join(dataDir, 'log')
      await ensureFormatted(jars, logDir)
      const config = join(dataDir, 'server.properties')
      // Only the broker itself speaks to the controller: its port may differ from start to start.
      writeFileSync(config, kafkaProperties({ port, controllerPort: await pickFreePort(), logDir }))
      return { command: 'java', args: [...JAVA_OPTIONS, '-cp', join(jars, '*'), 'kafka.Kafka', config] }
    },
    isReady: (port) => knowsItself(port),
    diagnose: assertJava,
  })
  const brokers = [`127.0.0.1:${server.port}`]
  await prepareForGroups(brokers)
  // Not a spread: `pid` is a getter that must stay live.
  return Object.assign(server, { brokers })
}
