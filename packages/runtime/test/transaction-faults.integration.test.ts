import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type MongoServer, startMongo } from '@keyflow/devstack'
import { classify, connectStore, inTransaction, type Store } from '@keyflow/runtime'
import type { ClientSession, Document } from 'mongodb'

describe('transactions on a MongoDB that fails', () => {
  let server: MongoServer
  let store: Store
  let bodies = 0
  let nextId = 0

  beforeAll(async () => {
    server = await startMongo({ parameters: { enableTestCommands: '1' } })
    store = await connectStore({ url: server.url, database: 'faults', appName: 'faults' })
    await store.db.createCollection('things')
  }, 60_000)
  beforeEach(() => {
    bodies = 0
    nextId += 1
  })
  afterEach(() => fail('off', {}))
  afterAll(async () => {
    await store.client.close()
    await server.stop()
  })

  const fail = (mode: 'off' | 'alwaysOn' | { readonly times: number }, data: Document) =>
    store.client
      .db('admin')
      .command({ configureFailPoint: 'failCommand', mode, data: { appName: 'faults', ...data } })
  const insert = async (session: ClientSession): Promise<string> => {
    bodies += 1
    await store.db.collection<{ _id: number }>('things').insertOne({ _id: nextId }, { session })
    return 'done'
  }
  const stored = () => store.db.collection<{ _id: number }>('things').countDocuments({ _id: nextId })

  it('runs the body again when the server says that the transaction may', async () => {
    const data = { failCommands: ['insert'], errorCode: 112, errorLabels: ['TransientTransactionError'] }
    await fail({ times: 2 }, data)
    expect(await inTransaction(store, insert)).toBe('done')
    expect([bodies, await stored()]).toEqual([3, 1])
  })

  it.each([
    ['the connection breaks before the commit', { closeConnection: true }],
    ['the commit is done but its majority is not known', { writeConcernError: { code: 64, errmsg: 'late' } }],
    ['the commit is done but the server shuts down', { writeConcernError: { code: 91, errmsg: 'bye' } }],
  ])('asks again for the commit alone when %s', async (_, how) => {
    await fail({ times: 4 }, { failCommands: ['commitTransaction'], ...how })
    expect(await inTransaction(store, insert)).toBe('done')
    expect([bodies, await stored()]).toEqual([1, 1])
  })

  it('runs the body again when the server has forgotten the transaction at the commit', async () => {
    const data = {
      failCommands: ['commitTransaction'],
      errorCode: 251,
      errorLabels: ['TransientTransactionError'],
    }
    await fail({ times: 1 }, data)
    expect(await inTransaction(store, insert)).toBe('done')
    expect([bodies, await stored()]).toEqual([2, 1])
  })

  it.each([
    [
      'the body never gets through',
      { failCommands: ['insert'], errorCode: 112, errorLabels: ['TransientTransactionError'] },
    ],
    [
      'the commit is never confirmed',
      { failCommands: ['commitTransaction'], writeConcernError: { code: 64, errmsg: 'late' } },
    ],
  ])('gives up with a transient error at its deadline when %s', async (_, data) => {
    await fail('alwaysOn', data)
    const started = performance.now()
    await expect(inTransaction(store, insert, { deadlineMs: 300 })).rejects.toMatchObject({
      kind: 'transient',
      code: 'TRANSACTION_DEADLINE',
    })
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('does not wait out an outage: the consumer is told as soon as the driver gives up, and nothing is left of the body', async () => {
    let killedAt = 0
    const killed = inTransaction(store, async (session) => {
      await insert(session)
      await server.kill('SIGKILL')
      killedAt = performance.now()
      await store.db.collection<{ _id: number }>('things').insertOne({ _id: -1 }, { session })
    })
    const error = await killed.catch((thrown: unknown) => thrown)
    // The driver looks for another primary for five seconds.
    expect(performance.now() - killedAt).toBeLessThan(8500)
    expect(classify(error)).toBe('transient')
    expect(bodies).toBe(1)
    await server.restart()
    expect(await stored()).toBe(0)
    expect(await inTransaction(store, insert)).toBe('done')
  }, 60_000)
})
