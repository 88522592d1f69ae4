import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { mongodBinary } from '../downloads/mongod-binary.ts'
import { startEmbeddedServer } from '../processes/embedded-server.ts'
import { isListening } from '../processes/ports.ts'
import {
  type MongoOptions,
  type MongoServer,
  mongodArguments,
  mongoUrl,
  replicaSetOf,
} from './mongo-server.ts'
import { isWritablePrimary } from './replica-set.ts'

/** A real mongod as a replica set of one: transactions and change streams work as in production. */
export const startEmbeddedMongo = async (options: MongoOptions): Promise<MongoServer> => {
  const replSet = replicaSetOf(options)
  const binary = await mongodBinary(options.log ?? (() => undefined))
  const server = await startEmbeddedServer({
    name: 'mongod',
    what: 'MongoDB',
    portVariable: 'MONGODB_PORT',
    options,
    prepare: async (dataDir, port) => {
      const dbPath = join(dataDir, 'db')
      mkdirSync(dbPath, { recursive: true })
      const where = ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', dbPath, '--nounixsocket']
      return { command: binary, args: [...where, ...mongodArguments(options)] }
    },
    isReady: async (port) => (await isListening(port)) && (await isWritablePrimary(port, replSet)),
  })
  // Not a spread: `pid` is a getter that must stay live.
  return Object.assign(server, { url: mongoUrl(server.port, replSet) })
}
