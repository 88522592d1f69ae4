import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assertJava, kafkaJars } from '../downloads/kafka-jars.ts'
import { runTool } from '../downloads/run-tool.ts'
import type { Certificate } from '../processes/certificate.ts'
import { startEmbeddedServer } from '../processes/embedded-server.ts'
import { pickFreePort } from '../processes/ports.ts'
import { JAVA_OPTIONS } from './embedded-kafka.ts'
import { CLUSTER_ID } from './formatted-storage.ts'
import { knowsItself, prepareForGroups } from './kafka-admin.ts'
import { kafkaProperties } from './kafka-properties.ts'
import type { KafkaOptions, KafkaServer } from './kafka-server.ts'

export interface SecuredKafkaOptions extends KafkaOptions {
  readonly certificate: Certificate
  /** Name -> password. The first one may do everything, the others nothing that is not allowed to them. */
  readonly users: Readonly<Record<string, string>>
}

/** A broker as in production: TLS, a login (SCRAM), and access lists that deny what they do not allow. */
export const startSecuredKafka = async (options: SecuredKafkaOptions): Promise<KafkaServer> => {
  const jars = await kafkaJars(options.log ?? (() => undefined))
  const { certFile, bothFile } = options.certificate
  const [[username = '', password = ''] = []] = Object.entries(options.users)
  const login = { caFile: certFile, username, password }
  const tls = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': bothFile,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certFile,
  }
  const settings = {
    ...tls,
    'listener.security.protocol.map': 'BROKER:SASL_SSL,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'listener.name.broker.scram-sha-512.sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The controller listens to this one process alone.
    'super.users': `User:${username};User:ANONYMOUS`,
  }
  const server = await startEmbeddedServer({
    name: 'kafka',
    what: 'Kafka',
    portVariable: 'KAFKA_PORT',
    options,
    prepare: async (dataDir, port) => {
      const logDir = join(dataDir, 'log')
      const config = join(dataDir, 'server.properties')
      writeFileSync(
        config,
        kafkaProperties({ port, controllerPort: await pickFreePort(), logDir }, settings),
        { mode: 0o600 },
      )
      if (!existsSync(join(logDir, 'meta.properties'))) await format(jars, config, options.users)
      return { command: 'java', args: [...JAVA_OPTIONS, '-cp', join(jars, '*'), 'kafka.Kafka', config] }
    },
    isReady: (port) => knowsItself(port, login),
    diagnose: assertJava,
  })
  const brokers = [`127.0.0.1:${server.port}`]
  await prepareForGroups(brokers, login)
  // Not a spread: `pid` is a getter that must stay live.
  return Object.assign(server, { brokers })
}

/** Users have to be there before the broker is: it logs in to itself as one of them. */
const format = async (jars: string, config: string, users: SecuredKafkaOptions['users']): Promise<void> => {
  const scram = Object.entries(users).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ])
  const java = ['-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), 'kafka.tools.StorageTool']
  const { code, output } = await runTool('java', [
    ...java,
    'format',
    '-t',
    CLUSTER_ID,
    '-c',
    config,
    ...scram,
  ])
  if (code !== 0) throw new Error(`Kafka's storage tool failed (exit ${code}): ${output.slice(-600)}`)
}
