import { type Db, MongoClient } from 'mongodb'

export interface Store {
  readonly client: MongoClient
  readonly db: Db
}

/** Connects with majority writes and bounded waits. The URL may hold a password: never log it. */
export const connectStore = async (options: {
  readonly url: string
  readonly database: string
  readonly appName: string
}): Promise<Store> => {
  const client = new MongoClient(options.url, {
    appName: options.appName,
    maxPoolSize: 64,
    minPoolSize: 2,
    serverSelectionTimeoutMS: 5000,
    waitQueueTimeoutMS: 2000,
    connectTimeoutMS: 5000,
    socketTimeoutMS: 15_000,
    writeConcern: { w: 'majority', journal: true },
    ignoreUndefined: true,
  })
  await client.connect()
  return { client, db: client.db(options.database) }
}
