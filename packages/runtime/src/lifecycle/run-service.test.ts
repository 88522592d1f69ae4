import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const FIXTURE = fileURLToPath(new URL('../../test/fixtures-service.ts', import.meta.url))

const run = (env: Record<string, string> = { GREETING: 'hi' }, args: readonly string[] = []) => {
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
  it('exits with 78 and names every configuration problem, and no secret', async () => {
    const { code, output } = await run({ HTTP_PORT: 'x', LOG_LEVEL: 'loud' }).ended
    expect(code).toBe(78)
    for (const name of ['HTTP_PORT', 'LOG_LEVEL', 'GREETING']) expect(output).toContain(name)
  })

  it('only checks its configuration when asked to', async () => {
    const { code, output } = await run({ GREETING: 'hi' }, ['--check-config']).ended
    expect([code, output]).toEqual([0, ''])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order on %s and exits with 0', async (signal) => {
    const service = run()
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

  it.each([
    ['it cannot be wired', 'wired'],
    ['it cannot be started', 'started'],
    ['a promise is rejected that nobody looks at', 'later'],
  ])('exits with 1 when %s, says why, and keeps personal data out of that', async (_, fails) => {
    const { code, output } = await run({ GREETING: 'hi', FAILS: fails }).ended
    expect(code).toBe(1)
    expect(output).toContain('broken at [email]')
    expect(output).not.toContain('ada@')
  })

  it('ends at once on a second signal, with exit code 1', async () => {
    const service = run({ GREETING: 'hi', STOP_MS: '60000' })
    await service.says('started')
    service.child.kill('SIGTERM')
    await service.says('stop begins')
    service.child.kill('SIGINT')
    const { code, output } = await service.ended
    expect([code, output.includes('stopped in order')]).toEqual([1, false])
  })

  it.each([
    ['takes longer than SHUTDOWN_MS', { STOP_MS: '60000', SHUTDOWN_MS: '100' }, 'service.stop_overdue'],
    ['waits for nothing that exists', { STOP_HANGS: 'yes', SHUTDOWN_MS: '300' }, 'service.stop_overdue'],
    ['throws', { FAILS: 'stopping' }, 'service.stop_failed'],
    ['breaks something on its way', { FAILS: 'while-stopping' }, 'service.failed'],
  ])('exits with 1 when stopping %s', async (_, env, event) => {
    const service = run({ GREETING: 'hi', ...env })
    await service.says('started')
    service.child.kill('SIGTERM')
    const { code, output } = await service.ended
    expect(code).toBe(1)
    expect(output).toContain(event)
  })
})
