import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { mongodBinary } from '../downloads/mongod-binary.ts'
import { startEmbeddedServer } from '../processes/embedded-server.ts'
import { isListening } from '../processes/ports.ts'
import {
  DEFAULT_REPLICA_SET,
  MONGOD_PARAMETERS,
  type MongoOptions,
  type MongoServer,
  mongoUrl,
} from './mongo-server.ts'
import { isWritablePrimary } from './replica-set.ts'

/** A real mongod as a replica set of one: transactions and change streams work as in production. */
export const startEmbeddedMongo = async (options: MongoOptions): Promise<MongoServer> => {
  const replSet = options.replSet ?? DEFAULT_REPLICA_SET
  const binary = await mongodBinary(options.log ?? (() => undefined))
  const parameters = Object.entries({ ...MONGOD_PARAMETERS, ...options.parameters })
  const server = await startEmbeddedServer({
    name: 'mongod',
    what: 'MongoDB',
    portVariable: 'MONGODB_PORT',
    options,
    prepare: async (dataDir, port) => {
      const dbPath = join(dataDir, 'db')
      mkdirSync(dbPath, { recursive: true })
      const where = ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', dbPath, '--nounixsocket']
      const size = ['--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '512']
      const set = parameters.flatMap(([name, value]) => ['--setParameter', `${name}=${value}`])
      return { command: binary, args: ['--quiet', '--replSet', replSet, ...where, ...size, ...set] }
    },
    isReady: async (port) => (await isListening(port)) && (await isWritablePrimary(port, replSet)),
  })
  // Not a spread: `pid` is a getter that must stay live.
  return Object.assign(server, { url: mongoUrl(server.port, replSet) })
}
