import { describe, expect, it } from '@jest/globals'
import { createLinkTokens } from './link-tokens.ts'

const key = (id: string, fill: number) => [id, new Uint8Array(32).fill(fill)] as const
const NOW = 1_790_000_000
const CASE = 'acct_1:test:sub_1'

describe('tokens of payment links', () => {
  it('lead to their case until they expire, and say that they did', () => {
    const tokens = createLinkTokens([key('a', 1)])
    const token = tokens.sign(CASE, NOW + 60)
    expect(tokens.read(token, NOW + 60)).toEqual({ state: 'valid', caseId: CASE })
    expect(tokens.read(token, NOW + 61)).toEqual({ state: 'expired', caseId: CASE })
  })

  it('are worth nothing when anything about them was changed', () => {
    const tokens = createLinkTokens([key('a', 1)])
    const token = tokens.sign(CASE, NOW + 60)
    for (let index = 0; index < token.length; index += 1) {
      const changed = `${token.slice(0, index)}${token[index] === 'b' ? 'c' : 'b'}${token.slice(index + 1)}`
      // The last character carries four bits that say nothing.
      if (
        Buffer.from(changed.slice(-43), 'base64url').equals(Buffer.from(token.slice(-43), 'base64url')) &&
        index === token.length - 1
      )
        continue
      expect(tokens.read(changed, NOW)).toEqual({ state: 'forged' })
    }
    for (const odd of ['', '.', 'a.b.c.d', `${token}x`, `${token}\n`, 'x'.repeat(5000)])
      expect(tokens.read(odd, NOW)).toEqual({ state: 'forged' })
  })

  it('outlive the rotation of keys, until their key is taken away', () => {
    const old = createLinkTokens([key('a', 1)]).sign(CASE, NOW + 60)
    const rotated = createLinkTokens([key('b', 2), key('a', 1)])
    expect(rotated.read(old, NOW).state).toBe('valid')
    expect(rotated.sign(CASE, NOW + 60).startsWith('b.')).toBe(true)
    expect(createLinkTokens([key('b', 2)]).read(old, NOW).state).toBe('forged')
  })

  it('of another key with the same name are forged', () => {
    const token = createLinkTokens([key('a', 9)]).sign(CASE, NOW + 60)
    expect(createLinkTokens([key('a', 1)]).read(token, NOW).state).toBe('forged')
  })
})
