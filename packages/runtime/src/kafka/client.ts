import { type ISocketFactory, Kafka, logLevel } from 'kafkajs'
import type { Logger } from '../telemetry/logger.ts'
import { patchProduce } from './patch-produce.ts'
import { patchTimerLoop } from './patch-timer-loop.ts'

export interface KafkaOptions {
  readonly clientId: string
  readonly brokers: readonly string[]
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
