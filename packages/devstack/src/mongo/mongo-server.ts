import type { Server, ServerOptions } from '../processes/server.ts'

export interface MongoOptions extends ServerOptions {
  /** Name of the replica set; default `rs0`. */
  readonly replSet?: string
  /** Further server parameters, e.g. `{ enableTestCommands: '1' }` for fail points. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Memory for data, gigabytes; default 0.5. */
  readonly cacheGigabytes?: number
}

export interface MongoServer extends Server {
  /** With the replica set's name: what a client needs for transactions. */
  readonly url: string
}

/** `127.0.0.1` is also the host in the set's own configuration: clients are sent to where they came. */
export const mongoUrl = (port: number, replSet: string): string =>
  `mongodb://127.0.0.1:${port}/?replicaSet=${replSet}`

export const replicaSetOf = (options: MongoOptions): string => options.replSet ?? 'rs0'

const PARAMETERS: Readonly<Record<string, string>> = {
  // A process killed inside a transaction leaves its locks until this has passed: the default is a minute.
  transactionLifetimeLimitSeconds: '5',
  diagnosticDataCollectionEnabled: 'false',
}

/** What a mongod of ours is told wherever it runs; address and data path come on top. */
export const mongodArguments = (options: MongoOptions): readonly string[] => [
  '--quiet',
  ...['--replSet', replicaSetOf(options)],
  ...['--wiredTigerCacheSizeGB', String(options.cacheGigabytes ?? 0.5)],
  // Megabytes. The default is a share of the disk, and fills it.
  ...['--oplogSize', '512'],
  ...Object.entries({ ...PARAMETERS, ...options.parameters }).flatMap(([name, value]) => [
    '--setParameter',
    `${name}=${value}`,
  ]),
]
