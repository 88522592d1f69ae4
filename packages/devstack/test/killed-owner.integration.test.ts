import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { MongoClient } from 'mongodb'
import { startKafka, startMongo, waitUntil } from '../src/index.ts'
import { commandLine, identify } from '../src/processes/process-table.ts'

const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url))

const parentOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])

describe('servers whose owner is killed outright', () => {
  let dataDir = ''
  let owner: ChildProcess | undefined

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'keyflow-killed-'))
  })

  afterEach(() => {
    owner?.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  })

  const servedPid = (name: string): number => {
    const note = JSON.parse(readFileSync(join(dataDir, name, 'keyflow-pid.json'), 'utf8'))
    return Number(note.process.split('@')[0])
  }

  /** A `devstack up` of its own, on its own data and state. */
  const startOwner = async (): Promise<readonly number[]> => {
    const { KAFKA_BROKERS, MONGODB_URL, ...env } = process.env
    owner = spawn(process.execPath, [CLI, 'up', '--data', dataDir], {
      env: { ...env, KEYFLOW_STATE_DIR: join(dataDir, 'state') },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    owner.stdout?.on('data', (chunk) => {
      said += chunk
    })
    await waitUntil(() => said.includes('MONGODB_URL'), { what: 'devstack up', deadlineMs: 60_000 })
    return [servedPid('kafka'), servedPid('mongod')]
  }

  const gone = (pids: readonly number[]): boolean => pids.every((pid) => identify(pid) === undefined)

  it('end by themselves', async () => {
    const pids = await startOwner()
    expect(pids.map((pid) => commandLine(pid).includes(dataDir))).toEqual([true, true])
    owner?.kill('SIGKILL')
    await waitUntil(() => gone(pids), { what: 'the end of Kafka and mongod', deadlineMs: 30_000 })
  }, 120_000)

  it('and whose supervisor is killed with it, make room for the next start on their data', async () => {
    const pids = await startOwner()
    const supervisor = parentOf(pids[0] ?? 0)
    owner?.kill('SIGSTOP')
    process.kill(supervisor, 'SIGKILL')
    owner?.kill('SIGKILL')
    await waitUntil(() => identify(owner?.pid ?? 0) === undefined, { what: 'its end', deadlineMs: 5_000 })
    expect(gone(pids)).toBe(false)

    const kafka = await startKafka({ dataDir: join(dataDir, 'kafka') })
    const mongo = await startMongo({ dataDir: join(dataDir, 'mongod') })
    try {
      expect(gone(pids)).toBe(true)
      const client = await MongoClient.connect(mongo.url)
      expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 })
      await client.close()
    } finally {
      await mongo.stop()
      await kafka.stop()
    }
  }, 120_000)
})
