import { startDockerServer } from '../docker/docker-server.ts'
import { knowsItself, prepareForGroups } from './kafka-admin.ts'
import { BROKER_SETTINGS } from './kafka-properties.ts'
import type { KafkaOptions, KafkaServer } from './kafka-server.ts'

const IMAGE = 'apache/kafka:4.3.1'
const DATA = '/var/lib/kafka/data'

/** The image takes every setting `a.b.c` as the variable `KAFKA_A_B_C`. */
const asEnvironment = (settings: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
      String(value),
    ]),
  )

/** Apache Kafka's own image: one process that is broker and controller, with the settings of the embedded one. */
export const startDockerKafka = async (options: KafkaOptions): Promise<KafkaServer> => {
  const server = await startDockerServer({
    name: 'kafka',
    what: 'Kafka',
    portVariable: 'KAFKA_PORT',
    image: IMAGE,
    options,
    dataPath: DATA,
    startedLine: /Kafka Server started/,
    configure: (container, port) =>
      container.withEnvironment({
        ...asEnvironment({
          ...BROKER_SETTINGS,
          'process.roles': 'broker,controller',
          'node.id': 1,
          'controller.quorum.voters': '1@localhost:19093',
          listeners: `BROKER://0.0.0.0:${port},CONTROLLER://localhost:19093`,
          'advertised.listeners': `BROKER://127.0.0.1:${port}`,
          'log.dirs': DATA,
        }),
        KAFKA_HEAP_OPTS: '-Xmx512m',
      }),
    isReady: knowsItself,
  })
  const brokers = [`127.0.0.1:${server.port}`]
  await prepareForGroups(brokers)
  return Object.assign(server, { brokers })
}
