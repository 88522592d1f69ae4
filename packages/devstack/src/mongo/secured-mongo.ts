import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { mongodBinary } from '../downloads/mongod-binary.ts'
import type { Certificate } from '../processes/certificate.ts'
import { startEmbeddedServer } from '../processes/embedded-server.ts'
import { isListening } from '../processes/ports.ts'
import { type MongoOptions, type MongoServer, mongodArguments, replicaSetOf } from './mongo-server.ts'
import { isWritablePrimary } from './replica-set.ts'

export interface SecuredMongoOptions extends MongoOptions {
  readonly certificate: Certificate
  /** May do everything; made at the first start. */
  readonly root: { readonly username: string; readonly password: string }
}

export interface SecuredMongo extends MongoServer {
  /** What a user of the database `admin` connects with. */
  readonly urlOf: (username: string, password: string) => string
}

/** A replica set of one as in production: TLS, and nobody comes in without a user. */
export const startSecuredMongo = async (options: SecuredMongoOptions): Promise<SecuredMongo> => {
  const replSet = replicaSetOf(options)
  const { certFile, bothFile } = options.certificate
  const binary = await mongodBinary(options.log ?? (() => undefined))
  const server = await startEmbeddedServer({
    name: 'mongod',
    what: 'MongoDB',
    portVariable: 'MONGODB_PORT',
    options,
    prepare: async (dataDir, port) => {
      const [dbPath, keyFile] = [join(dataDir, 'db'), join(dataDir, 'keyfile')]
      mkdirSync(dbPath, { recursive: true })
      // Members of a replica set know each other by it; with it comes that users must log in.
      if (!existsSync(keyFile)) writeFileSync(keyFile, randomBytes(300).toString('base64'), { mode: 0o400 })
      const where = ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', dbPath, '--nounixsocket']
      const tls = ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', bothFile, '--tlsCAFile', certFile]
      const users = ['--tlsAllowConnectionsWithoutCertificates', '--keyFile', keyFile]
      return { command: binary, args: [...where, ...tls, ...users, ...mongodArguments(options)] }
    },
    // Until there is a user, whoever comes from this machine may set the replica set up.
    isReady: async (port) =>
      (await isListening(port)) &&
      (await isWritablePrimary(port, replSet, { tls: true, tlsCAFile: certFile })),
  })
  const query = `replicaSet=${replSet}&tls=true&tlsCAFile=${encodeURIComponent(certFile)}`
  const url = `mongodb://127.0.0.1:${server.port}/?${query}`
  await makeRoot(url, options.root)
  // Not a spread: `pid` is a getter that must stay live.
  return Object.assign(server, {
    url,
    urlOf: (username: string, password: string) =>
      `mongodb://${encodeURIComponent(username)}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/?${query}&authSource=admin`,
  })
}

const makeRoot = async (url: string, { username, password }: SecuredMongoOptions['root']): Promise<void> => {
  const client = new MongoClient(url)
  try {
    await client.db('admin').command({ createUser: username, pwd: password, roles: ['root'] })
  } finally {
    await client.close()
  }
}
