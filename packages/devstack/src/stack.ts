import { join } from 'node:path'
import { useDocker } from './docker/docker-engine.ts'
import type { Log } from './downloads/progress.ts'
import { startEmbeddedKafka } from './kafka/embedded-kafka.ts'
import type { KafkaOptions, KafkaServer } from './kafka/kafka-server.ts'
import { startEmbeddedMongo } from './mongo/embedded-mongo.ts'
import type { MongoOptions, MongoServer } from './mongo/mongo-server.ts'
import type { Supervisor } from './processes/supervisor.ts'

/** Starts a broker of one's own; resolves when it serves. Throws a setup error (one line) when it cannot. */
export const startKafka = async (options: KafkaOptions = {}): Promise<KafkaServer> => {
  if (!(await useDocker())) return startEmbeddedKafka(options)
  // Loaded only where it is used: testcontainers takes half a second to load.
  const { startDockerKafka } = await import('./kafka/docker-kafka.ts')
  return startDockerKafka(options)
}

/** Starts a MongoDB of one's own; resolves when it is a writable primary. Throws a setup error when it cannot. */
export const startMongo = async (options: MongoOptions = {}): Promise<MongoServer> => {
  if (!(await useDocker())) return startEmbeddedMongo(options)
  const { startDockerMongo } = await import('./mongo/docker-mongo.ts')
  return startDockerMongo(options)
}

export interface StackOptions {
  readonly kafkaPort?: number
  readonly mongoPort?: number
  /** Memory of MongoDB for data; default 0.5. */
  readonly mongoCacheGigabytes?: number
  /** Kept; `kafka/` and `mongod/` are made in it. Temporary when absent. */
  readonly dataDir?: string
  /** Folder for `kafka.log` and `mongod.log`; default: beside the data. */
  readonly logDir?: string
  readonly log?: Log
  readonly supervisor?: Supervisor
}

export interface Addresses {
  readonly brokers: readonly string[]
  readonly mongoUrl: string
}

export interface Stack extends Addresses {
  /** Absent when the address was given in the environment. */
  readonly kafka?: KafkaServer
  readonly mongo?: MongoServer
  readonly stop: () => Promise<void>
}

/** Addresses from `KAFKA_BROKERS` (comma-separated) and `MONGODB_URL`; each may be absent. */
export const givenAddresses = (env: NodeJS.ProcessEnv = process.env): Partial<Addresses> => {
  const brokers = (env.KAFKA_BROKERS ?? '').split(',').flatMap((broker) => broker.trim() || [])
  const mongoUrl = env.MONGODB_URL?.trim()
  return { ...(brokers.length > 0 && { brokers }), ...(mongoUrl && { mongoUrl }) }
}

const optionsFor = (name: 'kafka' | 'mongod', port: number | undefined, options: StackOptions) => ({
  ...(port !== undefined && { port }),
  ...(options.dataDir !== undefined && { dataDir: join(options.dataDir, name) }),
  ...(options.logDir !== undefined && { logFile: join(options.logDir, `${name}.log`) }),
  ...(options.log !== undefined && { log: options.log }),
  ...(options.supervisor !== undefined && { supervisor: options.supervisor }),
})

/** Kafka and MongoDB at once: the given addresses where there are any, else servers of our own. */
export const startStack = async (options: StackOptions = {}): Promise<Stack> => {
  const given = givenAddresses()
  const starting = [
    given.brokers ? undefined : startKafka(optionsFor('kafka', options.kafkaPort, options)),
    given.mongoUrl
      ? undefined
      : startMongo({
          ...optionsFor('mongod', options.mongoPort, options),
          ...(options.mongoCacheGigabytes !== undefined && { cacheGigabytes: options.mongoCacheGigabytes }),
        }),
  ] as const
  const [kafka, mongo] = await Promise.allSettled(starting)
  const failed = [kafka, mongo].find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    for (const result of [kafka, mongo]) if (result.status === 'fulfilled') await result.value?.stop()
    throw failed.reason
  }
  const broker = kafka.status === 'fulfilled' ? kafka.value : undefined
  const database = mongo.status === 'fulfilled' ? mongo.value : undefined
  return {
    brokers: given.brokers ?? broker?.brokers ?? [],
    mongoUrl: given.mongoUrl ?? database?.url ?? '',
    ...(broker && { kafka: broker }),
    ...(database && { mongo: database }),
    stop: async () => {
      await database?.stop()
      await broker?.stop()
    },
  }
}
