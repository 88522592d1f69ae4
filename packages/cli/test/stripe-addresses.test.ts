import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { runKeyflow } from '../src/run-keyflow.ts'
import { pipes } from './world.ts'

describe('keyflow stripe-addresses', () => {
  let published = '{}'
  const server = createServer((_request, response) => response.end(published))
  let folder = ''
  let url = ''
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-addresses-'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const run = async (...args: readonly string[]) => {
    const { world, written } = pipes()
    const code = await runKeyflow(['stripe-addresses', '--from', url, ...args], world)
    return { code, ...written }
  }

  it('prints what Stripe publishes as the setting of ingest, sorted', async () => {
    published = JSON.stringify({ WEBHOOKS: ['54.187.216.72', '3.18.12.63', '3.18.12.63'] })
    const { code, stdout } = await run()
    expect([code, stdout.trim()]).toEqual([0, 'STRIPE_WEBHOOK_ADDRESSES=3.18.12.63,54.187.216.72'])
    // The first run loads every command.
  }, 30_000)

  it('puts it into an env file, leaves the rest of that file, and says what changed', async () => {
    const file = join(folder, 'ingest.env')
    writeFileSync(file, 'HTTP_PORT=8787\nSTRIPE_WEBHOOK_ADDRESSES=3.18.12.63,192.0.2.1\n')
    published = JSON.stringify({ WEBHOOKS: ['3.18.12.63', '3.130.192.231'] })
    const { code, stdout } = await run('--write', file)
    expect([code, stdout.trim()]).toEqual([0, `2 addresses in ${file}: 1 new, 1 gone.`])
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('HTTP_PORT=8787\n')
    expect(text).toContain('STRIPE_WEBHOOK_ADDRESSES=3.130.192.231,3.18.12.63\n')
  })

  it.each([
    ['no list', '{"API":["3.18.12.63"]}'],
    ['an empty one', '{"WEBHOOKS":[]}'],
    ['something that is no address', '{"WEBHOOKS":["3.18.12.63","stripe.example"]}'],
    ['no JSON', '<html>'],
  ])('refuses %s, and writes nothing', async (_what, text) => {
    const file = join(folder, 'ingest.env')
    published = text
    const { code } = await run('--write', file)
    expect(code).toBe(1)
    expect(() => readFileSync(file)).toThrow('ENOENT')
  })
})
