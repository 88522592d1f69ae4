import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSupervisor, pickFreePort, type Supervisor } from '@keyflow/devstack'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const NAMES = ['one', 'two', 'three']

describe('the first keys of an installation', () => {
  let licensing: RunningLicensing
  let supervisor: Supervisor
  const folder = mkdtempSync(join(tmpdir(), 'keyflow-first-'))
  const servers: { api: string; ops: string; log: string }[] = []

  beforeAll(async () => {
    licensing = await runLicensing()
    supervisor = await createSupervisor()
    for (const name of NAMES) {
      const [http, ops] = [await pickFreePort(), await pickFreePort()]
      const at = (port: number): string => `http://127.0.0.1:${port}`
      servers.push({ api: at(http), ops: at(ops), log: join(folder, `${name}.log`) })
      const env = { ...licensing.env, HTTP_PORT: String(http), OPS_PORT: String(ops) }
      await supervisor.start({
        name,
        command: process.execPath,
        args: ['--no-warnings', MAIN],
        env,
        logFile: join(folder, `${name}.log`),
      })
    }
    for (const { ops } of servers)
      await until(
        'it is ready',
        async () => (await fetch(`${ops}/readyz`).catch(() => null))?.ok === true,
        60_000,
      )
  }, 90_000)
  afterAll(async () => {
    await supervisor.close()
    await licensing.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are one API key, which one of the processes that boot at once shows, and all of them take', async () => {
    const said = servers.map(({ log }) => readFileSync(log, 'utf8').match(/kf_all_[0-9a-f]+/g) ?? [])
    expect(said.flat()).toHaveLength(1)
    expect(await licensing.store.db.collection('api_keys').countDocuments()).toBe(1)
    for (const { api } of servers) {
      const answer = await fetch(`${api}/api/v1/api-keys`, {
        headers: { authorization: `Bearer ${said.flat()[0]}` },
      })
      expect(answer.status).toBe(200)
    }
  })

  it('are one active and one next signing key, the same for all of them', async () => {
    const keysets = await Promise.all(
      servers.map(async ({ api }) => (await (await fetch(`${api}/.well-known/jwks.json`)).json()) as object),
    )
    expect(keysets[1]).toEqual(keysets[0])
    expect(keysets[2]).toEqual(keysets[0])
    const { keys } = keysets[0] as { keys: { status: string }[] }
    expect(keys.map(({ status }) => status).sort()).toEqual(['active', 'next'])
    expect(await licensing.store.db.collection('signing_keys').countDocuments()).toBe(2)
  })
})
