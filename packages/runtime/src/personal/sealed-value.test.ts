import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { openValue, partsOf, sealValue } from './sealed-value.ts'

const key = randomBytes(32)
const SUBJECT = 'platform:live:cus_1'
const value = { email: 'ada@example.com', name: 'Ada Lovelace' }
const open = (sealed: string, by: Uint8Array = key): unknown => {
  const parts = partsOf(sealed)
  if (parts === null) throw new Error('no seal')
  return openValue(by, parts)
}

describe('a sealed value', () => {
  it('opens with its key, and names its person and key itself', () => {
    const sealed = sealValue(key, SUBJECT, 'k1', value)
    expect(partsOf(sealed)).toMatchObject({ subject: SUBJECT, keyId: 'k1' })
    expect(open(sealed)).toEqual(value)
  })

  it('shows nothing of what is in it, and never looks the same twice', () => {
    const sealed = sealValue(key, SUBJECT, 'k1', value)
    const bytes = Buffer.from(sealed.split('.').at(-1) ?? '', 'base64url').toString('latin1')
    for (const word of ['ada', 'Ada', 'example']) expect(`${sealed}${bytes}`).not.toContain(word)
    expect(sealValue(key, SUBJECT, 'k1', value)).not.toBe(sealed)
  })

  it('does not open with another key, for another person, or once a bit of it has changed', () => {
    const sealed = sealValue(key, SUBJECT, 'k1', value)
    const [version, , keyId, body] = sealed.split('.')
    const other = Buffer.from('platform:live:cus_2').toString('base64url')
    const bytes = Buffer.from(body ?? '', 'base64url')
    bytes[20] = (bytes[20] ?? 0) ^ 1
    expect(() => open(sealed, randomBytes(32))).toThrow('cannot be opened')
    expect(() => open([version, other, keyId, body].join('.'))).toThrow('cannot be opened')
    expect(() => open(sealed.replace('.k1.', '.k2.'))).toThrow('cannot be opened')
    expect(() => open([...sealed.split('.').slice(0, 3), bytes.toString('base64url')].join('.'))).toThrow(
      'cannot be opened',
    )
  })

  it.each(['', 'ada@example.com', 'kfp1..k.x', 'kfp2.YQ.k.x', 'kfp1.YQ.k.x.y'])('is not %j', (text) => {
    expect(partsOf(text)).toBeNull()
  })
})
