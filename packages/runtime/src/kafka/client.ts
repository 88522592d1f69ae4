import { type ISocketFactory, Kafka, logLevel, type SASLOptions } from 'kafkajs'
import type { Logger } from '../telemetry/logger.ts'
import type { KafkaConnection } from './connection.ts'
import { patchProduce } from './patch-produce.ts'
import { patchTimerLoop } from './patch-timer-loop.ts'

export interface KafkaOptions extends KafkaConnection {
  readonly clientId: string
  readonly logger: Logger
  /** Milliseconds after which an unanswered request counts as lost. */
  readonly requestTimeoutMs?: number
  /** Longest pause between attempts to connect, milliseconds. */
  readonly maxRetryMs?: number
  /** Lets a fault test stand between client and broker. */
  readonly socketFactory?: ISocketFactory
}

/** One client object a process. Every limit is given: kafkajs's own defaults depend on NODE_ENV. */
export const createKafka = (options: KafkaOptions): Kafka => {
  patchTimerLoop()
  patchProduce()
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ...(options.tls === undefined ? {} : { ssl: { ...options.tls, minVersion: 'TLSv1.2' } }),
    ...(options.sasl === undefined ? {} : { sasl: toSasl(options.sasl) }),
    connectionTimeout: 3000,
    authenticationTimeout: 10_000,
    requestTimeout: options.requestTimeoutMs ?? 15_000,
    enforceRequestTimeout: true,
    retry: {
      initialRetryTime: 200,
      maxRetryTime: options.maxRetryMs ?? 3000,
      retries: 12,
      factor: 0.2,
      multiplier: 2,
    },
    logCreator: () => (entry) => {
      const line = { kafka: entry.namespace, detail: entry.log.message }
      if (entry.level <= logLevel.ERROR) options.logger.warn(line, 'kafka.client')
      else if (entry.level === logLevel.WARN) options.logger.debug(line, 'kafka.client')
    },
    ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
  })
}

/** Each mechanism is a type of its own there. */
const toSasl = ({ mechanism, username, password }: NonNullable<KafkaConnection['sasl']>): SASLOptions => {
  if (mechanism === 'plain') return { mechanism, username, password }
  return mechanism === 'scram-sha-256' ? { mechanism, username, password } : { mechanism, username, password }
}
