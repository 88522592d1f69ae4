import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { MongoClient } from 'mongodb'
import { isSetupError, pickFreePort, startKafka, startMongo } from '../src/index.ts'

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyflow-problems-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('a server that meets a problem', () => {
  it('a port in use is one line that names the port and the variable that changes it', async () => {
    const port = await pickFreePort()
    const stranger = createServer().listen(port, '127.0.0.1')
    const failures = await Promise.all([
      startKafka({ port }).catch((error: unknown) => error),
      startMongo({ port }).catch((error: unknown) => error),
    ])
    stranger.close()
    expect(failures.map(isSetupError)).toEqual([true, true])
    expect(failures.map((error) => (error as Error).message)).toEqual([
      `Kafka: port ${port} on 127.0.0.1 is in use by another program: stop it, or set KAFKA_PORT to a free port.`,
      `MongoDB: port ${port} on 127.0.0.1 is in use by another program: stop it, or set MONGODB_PORT to a free port.`,
    ])
  }, 60_000)

  it(
    'kept data is served again on another port, with what was written before',
    () =>
      withFolder(async (dataDir) => {
        const first = await startMongo({ dataDir })
        const before = await MongoClient.connect(first.url)
        await before.db('kept').collection('documents').insertOne({ kept: true })
        await before.close()
        await first.stop()

        const second = await startMongo({ dataDir })
        try {
          expect(second.port).not.toBe(first.port)
          const after = await MongoClient.connect(second.url)
          expect(await after.db('kept').collection('documents').countDocuments({ kept: true })).toBe(1)
          await after.close()
        } finally {
          await second.stop()
        }
      }),
    120_000,
  )

  it(
    'data that is being served is refused, and goes on being served',
    () =>
      withFolder(async (dataDir) => {
        const first = await startMongo({ dataDir })
        try {
          await expect(startMongo({ dataDir })).rejects.toThrow('in use by a Keyflow that runs already')
          const client = await MongoClient.connect(first.url)
          expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 })
          await client.close()
        } finally {
          await first.stop()
        }
      }),
    120_000,
  )
})
