import { startDockerServer } from '../docker/docker-server.ts'
import {
  type MongoOptions,
  type MongoServer,
  mongodArguments,
  mongoUrl,
  replicaSetOf,
} from './mongo-server.ts'
import { isWritablePrimary } from './replica-set.ts'

const IMAGE = 'mongo:8.0'

/** The official image as a replica set of one, with the settings of the embedded mongod. */
export const startDockerMongo = async (options: MongoOptions): Promise<MongoServer> => {
  const replSet = replicaSetOf(options)
  const server = await startDockerServer({
    name: 'mongod',
    what: 'MongoDB',
    portVariable: 'MONGODB_PORT',
    image: IMAGE,
    options,
    dataPath: '/data/db',
    startedLine: /Waiting for connections/,
    // Every interface of the container: the host's side of the port is bound to 127.0.0.1.
    configure: (container, port) =>
      container.withCommand(['--bind_ip_all', '--port', String(port), ...mongodArguments(options)]),
    isReady: (port) => isWritablePrimary(port, replSet),
  })
  return Object.assign(server, { url: mongoUrl(server.port, replSet) })
}
