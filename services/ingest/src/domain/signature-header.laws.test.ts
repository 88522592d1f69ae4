import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseSignatureHeader } from './signature-header.ts'

const hex = fc.stringMatching(/^[0-9a-f]{64}$/)
const item = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('t', 't=', 'v1', 'v1=', '=', ',', 't=1', 'v0=1', 'T=1', '__proto__=1'),
  hex.map((mac) => `v1=${mac}`),
  fc.nat().map((time) => `t=${time}`),
)

describe('the header parser', () => {
  it('never throws, and answers a header or a reason, for any text', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 40 }), (items) => {
        const parsed = parseSignatureHeader(items.join(','))
        if (typeof parsed === 'string') expect(['missing', 'malformed']).toContain(parsed)
        else {
          expect(parsed.timestamp).toMatch(/^\d{1,12}$/)
          expect(parsed.signatures.length).toBeGreaterThan(0)
          for (const signature of parsed.signatures) expect(Buffer.from(signature, 'hex')).toHaveLength(32)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('reads back whatever well-formed header is written', () => {
    const signatures = fc.array(hex, { minLength: 1, maxLength: 16 })
    fc.assert(
      fc.property(fc.nat(), signatures, (time, macs) => {
        const text = `t=${time},${macs.map((mac) => `v1=${mac}`).join(',')}`
        expect(parseSignatureHeader(text)).toEqual({ timestamp: String(time), signatures: macs })
      }),
    )
  })
})
