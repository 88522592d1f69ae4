import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { type Certificate, makeCertificate, startSecuredKafka, startSecuredMongo } from '@keyflow/devstack'
import { MongoClient } from 'mongodb'
import { EXIT, runKeyflow } from '../../packages/cli/src/index.ts'
import { pipes } from '../../packages/cli/test/world.ts'
import { startInbox } from '../../services/notifier/test/inbox.ts'
import { ROOT } from './service-settings.ts'

export const USERS = ['ingest', 'licensing', 'dunning', 'notifier', 'outbound'] as const
export type User = (typeof USERS)[number]

const kafkaUser = (name: string): string => `keyflow_${name}`
const passwordOf = (name: string): string => `${name}-password-0123456789`

/** Kafka, MongoDB and a mail relay that let nobody in without TLS and a login, with the rights that we ship. */
export const lockDoors = async (folder: string) => {
  const certificate = await makeCertificate(folder)
  const starting = [
    startSecuredKafka({
      certificate,
      users: Object.fromEntries(
        ['admin', ...USERS.map(kafkaUser), 'keyflow_stranger'].map((name) => [name, passwordOf(name)]),
      ),
    }),
    startSecuredMongo({ certificate, root: { username: 'root', password: passwordOf('root') } }),
    startInbox(0, { certificate, user: 'keyflow', password: passwordOf('smtp') }),
  ] as const
  const [kafka, mongo, inbox] = await Promise.all(starting).catch(async (error: unknown) => {
    for (const one of await Promise.allSettled(starting))
      if (one.status === 'fulfilled') await one.value.stop()
    throw error
  })
  await makeMongoUsers(mongo.urlOf('root', passwordOf('root')))
  const kafkaEnv = (username: string): Readonly<Record<string, string>> => ({
    KAFKA_BROKERS: kafka.brokers.join(','),
    KAFKA_TLS: 'true',
    KAFKA_CA_FILE: certificate.certFile,
    KAFKA_USERNAME: username,
    KAFKA_PASSWORD: passwordOf(username),
  })
  const keyflow = async (...line: string[]): Promise<string> => {
    const { world, written } = pipes({
      ...kafkaEnv('admin'),
      KAFKA_REPLICATION_FACTOR: '1',
      KAFKA_MIN_INSYNC_REPLICAS: '1',
    })
    const code = await runKeyflow([...line, '--json'], world)
    if (code !== EXIT.ok) throw new Error(`keyflow ${line.join(' ')}: ${written.stderr}`)
    return written.stdout
  }
  return {
    certificate,
    kafka,
    mongo,
    inbox,
    keyflow,
    kafkaEnv: (user: User | 'stranger') => kafkaEnv(kafkaUser(user)),
    mongoUrl: (user: User): string => mongo.urlOf(`keyflow_${user}`, passwordOf(`mongo-${user}`)),
    smtpUrl: `smtp://keyflow:${passwordOf('smtp')}@127.0.0.1:${inbox.port}`,
    stop: async (): Promise<void> => {
      await Promise.all([kafka.stop(), mongo.stop(), inbox.stop()])
    },
  }
}
export type LockedDoors = Awaited<ReturnType<typeof lockDoors>>
export type { Certificate }

/** Runs the script that makes the users where compose runs MongoDB: what it grants is what is tested. */
const makeMongoUsers = async (url: string): Promise<void> => {
  const script = readFileSync(join(ROOT, 'deploy/mongo/create-users.js'), 'utf8')
  const asked: { readonly database: string; readonly user: { readonly user: string } }[] = []
  const env = Object.fromEntries(
    USERS.map((name) => [`KEYFLOW_${name.toUpperCase()}_PASSWORD`, passwordOf(`mongo-${name}`)]),
  )
  const db = {
    getSiblingDB: (database: string) => ({
      createUser: (user: { readonly user: string }) => asked.push({ database, user }),
    }),
  }
  runInContext(script, createContext({ db, process: { env } }))
  const client = new MongoClient(url)
  try {
    for (const { database, user } of asked) {
      const { user: createUser, ...rest } = user
      await client.db(database).command({ createUser, ...rest })
    }
  } finally {
    await client.close()
  }
}
