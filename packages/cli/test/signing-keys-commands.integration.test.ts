import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { SigningKeyListResponse } from '@keyflow/contracts'
import { type RunningLicensing, runLicensing } from '../../../services/licensing/test/run-licensing.ts'
import { EXIT, runKeyflow } from '../src/index.ts'
import { pipes } from './world.ts'

describe('keyflow signing-keys', () => {
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
    const code = await runKeyflow(['signing-keys', ...line, '--json'], world)
    return { code, err: written.stderr, said: written.stdout }
  }
  const keysIn = (said: string) => (JSON.parse(said) as SigningKeyListResponse).signing_keys
  const kidOf = (said: string, status: string) => keysIn(said).find((key) => key.status === status)?.kid ?? ''

  it('rotates once for a key that it names, and takes back what a retired one has signed', async () => {
    const before = (await keyflow('list')).said
    const [active, next] = [kidOf(before, 'active'), kidOf(before, 'next')]
    const rotated = await keyflow('rotate', '--from', active, '--reason', 'yearly')
    expect(rotated.code).toBe(EXIT.ok)
    expect(kidOf(rotated.said, 'active')).toBe(next)
    expect(kidOf(rotated.said, 'retired')).toBe(active)
    expect((await keyflow('rotate', '--from', active, '--reason', 'yearly')).code).toBe(EXIT.failed)
    const unasked = await keyflow('revoke', active, '--reason', 'leaked')
    expect(unasked.code).toBe(EXIT.usage)
    const revoked = await keyflow('revoke', active, '--reason', 'leaked', '--yes')
    expect(kidOf(revoked.said, 'revoked')).toBe(active)
    expect(keysIn(revoked.said)).toHaveLength(3)
  })
})
