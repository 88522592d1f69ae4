import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type RunningLicensing, runLicensing } from '../../../services/licensing/test/run-licensing.ts'
import { EXIT, runKeyflow } from '../src/index.ts'
import { pipes } from './world.ts'

describe('keyflow api-keys', () => {
  let licensing: RunningLicensing

  beforeAll(async () => {
    licensing = await runLicensing()
    await licensing.start()
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const keyflow = async (...line: string[]) => {
    const { world, written } = pipes({
      KEYFLOW_API_URL: `http://127.0.0.1:${licensing.env.HTTP_PORT}`,
      KEYFLOW_TOKEN: licensing.env.OPERATOR_TOKEN ?? '',
    })
    const code = await runKeyflow(['api-keys', ...line], world)
    return { code, err: written.stderr, said: written.stdout }
  }

  it('makes a key that works, shows it this once, and ends it', async () => {
    const made = await keyflow('make', 'shop', '--scopes', 'reviews:read', '--mode', 'live')
    expect(made.code).toBe(EXIT.ok)
    const key = /kf_live_[0-9a-f]{48}/.exec(made.said)?.[0] ?? ''
    const open = () => licensing.ask('GET', '/reviews', undefined, key)
    expect(await open()).toMatchObject({ http: 200 })
    const listed = await keyflow('list')
    expect(listed.said).toContain('shop')
    expect(listed.said).not.toContain(key)
    const id = /key_[0-9a-f-]{36}/.exec(made.said)?.[0] ?? ''
    expect((await keyflow('revoke', id)).code).toBe(EXIT.usage)
    expect(await open()).toMatchObject({ http: 200 })
    const revoked = await keyflow('revoke', id, '--yes', '--json')
    expect(JSON.parse(revoked.said)).toMatchObject({ id, revoked_at: expect.any(String) })
    expect(await open()).toMatchObject({ http: 401 })
  })

  it('refuses a scope that there is not, and an instant that is none', async () => {
    const scope = await keyflow('make', 'x', '--scopes', 'licenses:everything', '--mode', 'live')
    expect(scope.code).toBe(EXIT.usage)
    const soon = ['--mode', 'live', '--expires', 'soon']
    expect((await keyflow('make', 'x', '--scopes', 'reviews:read', ...soon)).code).toBe(EXIT.failed)
  })
})
