import { type ISocketFactory, Kafka, logLevel } from 'kafkajs'
import type { Logger } from '../telemetry/logger.ts'
import { patchTimerLoop } from './patch-timer-loop.ts'

export interface KafkaOptions {
  readonly clientId: string
  readonly brokers: readonly string[]
  readonly logger: Logger
  /** Lets a fault test stand between client and broker. */
  readonly socketFactory?: ISocketFactory
}

/** One client object a process. Every limit is given: kafkajs's own defaults depend on NODE_ENV. */
export const createKafka = (options: KafkaOptions): Kafka => {
  patchTimerLoop()
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3000,
    authenticationTimeout: 10_000,
    requestTimeout: 15_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 200, maxRetryTime: 3000, retries: 12, factor: 0.2, multiplier: 2 },
    logCreator: () => (entry) => {
      const line = { kafka: entry.namespace, detail: entry.log.message }
      if (entry.level <= logLevel.ERROR) options.logger.warn(line, 'kafka.client')
      else if (entry.level === logLevel.WARN) options.logger.debug(line, 'kafka.client')
    },
    ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
  })
}
