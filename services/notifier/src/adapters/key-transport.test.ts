import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { CompactEncrypt } from 'jose'
import { createKeyTransport } from './key-transport.ts'

const secret = randomBytes(32)
const seal = (key: Uint8Array, enc = 'A256GCM') =>
  new CompactEncrypt(new TextEncoder().encode('KF-KEY')).setProtectedHeader({ alg: 'dir', enc }).encrypt(key)

describe('a license key on its way', () => {
  it('is opened with the shared secret', async () => {
    expect(await createKeyTransport([secret]).open(await seal(secret))).toBe('KF-KEY')
  })

  it('is opened with the old secret and with the new one while it is rotated', async () => {
    const next = randomBytes(32)
    const { open } = createKeyTransport([next, secret])
    expect(await open(await seal(secret))).toBe('KF-KEY')
    expect(await open(await seal(next))).toBe('KF-KEY')
  })

  it('is refused as invalid when it was sealed with another secret, altered, or is none at all', async () => {
    const { open } = createKeyTransport([secret])
    const sealed = await seal(secret)
    const altered = `${sealed.slice(0, -4)}${sealed.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    for (const jwe of [await seal(randomBytes(32)), altered, 'no.jwe.at.all.x'])
      await expect(open(jwe)).rejects.toMatchObject({ kind: 'invalid', code: 'KEY_UNREADABLE' })
  })

  it('is refused under any other algorithm', async () => {
    const sealed = await seal(secret, 'A128CBC-HS256')
    await expect(createKeyTransport([secret]).open(sealed)).rejects.toMatchObject({ code: 'KEY_UNREADABLE' })
  })
})
