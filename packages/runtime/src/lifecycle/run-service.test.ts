import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const FIXTURE = fileURLToPath(new URL('../../test/fixtures-service.ts', import.meta.url))

const run = (env: Record<string, string>, args: readonly string[] = []) => {
  const child = spawn(process.execPath, [FIXTURE, ...args], { env: { PATH: process.env.PATH, ...env } })
  let output = ''
  const heard = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      for (const look of heard) look()
    })
  return {
    child,
    says: (what: string): Promise<void> =>
      new Promise((resolve) => {
        const look = () => output.includes(what) && resolve()
        heard.add(look)
        look()
      }),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output })),
  }
}

describe('a service process', () => {
  it('exits with 78 and names every configuration problem', async () => {
    const { code, output } = await run({ HTTP_PORT: 'x', LOG_LEVEL: 'loud' }).ended
    expect(code).toBe(78)
    for (const name of ['HTTP_PORT', 'LOG_LEVEL', 'GREETING']) expect(output).toContain(name)
  })

  it('only checks its configuration when asked to', async () => {
    const { code, output } = await run({ GREETING: 'hi' }, ['--check-config']).ended
    expect([code, output.includes('started')]).toEqual([0, false])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order on %s and exits with 0', async (signal) => {
    const service = run({ GREETING: 'hi' })
    await service.says('started')
    service.child.kill(signal)
    const { code, output } = await service.ended
    expect([code, output.includes('stopped in order')]).toEqual([0, true])
  })

  it('stops in order and exits with 1 when it cannot go on', async () => {
    const { code, output } = await run({ GREETING: 'hi', FAIL_AFTER_MS: '10' }).ended
    expect([code, output.includes('stopped in order'), output.includes('service.failed')]).toEqual([
      1,
      true,
      true,
    ])
  })
})
