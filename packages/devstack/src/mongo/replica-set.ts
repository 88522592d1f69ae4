import { type Document, MongoClient, type MongoClientOptions } from 'mongodb'

const NOT_YET_INITIALIZED = 94
/** Where users must log in and there is none yet: whoever comes from this machine may initiate, and nothing else. */
const UNAUTHORIZED = 13
const ALREADY_INITIALIZED = 23

const configure = async (client: MongoClient, replSet: string, host: string): Promise<void> => {
  const admin = client.db('admin')
  const initial = { _id: replSet, members: [{ _id: 0, host }] }
  try {
    const { config } = await admin.command({ replSetGetConfig: 1 })
    if (config.members[0].host === host) return
    // Kept data that last ran on another port: the only member must learn its new address by force.
    const moved = { ...config, version: config.version + 1, members: [{ ...config.members[0], host }] }
    await admin.command({ replSetReconfig: moved, force: true })
  } catch (error) {
    const { code } = error as { code?: number }
    if (code !== NOT_YET_INITIALIZED && code !== UNAUTHORIZED) throw error
    await admin.command({ replSetInitiate: initial }).catch((again: { code?: number }) => {
      if (again.code !== ALREADY_INITIALIZED) throw again
    })
  }
}

/** Makes the mongod on that port the only member of its replica set; true once it is the writable primary. */
export const isWritablePrimary = async (
  port: number,
  replSet: string,
  options: MongoClientOptions = {},
): Promise<boolean> => {
  // Direct: before the set is configured a client that looks for a primary would look in vain.
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
    ...options,
  })
  try {
    const hello: Document = await client.db('admin').command({ hello: 1 })
    if (hello.isWritablePrimary === true && hello.me === `127.0.0.1:${port}`) return true
    await configure(client, replSet, `127.0.0.1:${port}`)
    return false
  } finally {
    await client.close()
  }
}
