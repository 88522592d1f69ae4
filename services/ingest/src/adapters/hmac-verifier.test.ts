import { describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { parseSignatureHeader, type SignatureHeader } from '../domain/signature-header.ts'
import { createVerifier } from './hmac-verifier.ts'

const CURRENT = 'whsec_currentcurrentcurrent'
const PREVIOUS = 'whsec_previousprevious'
const BODY = Buffer.from('{"id":"evt_1","text":"Zoë \u{1F511}"}')

const headerBy = (secret: string, payload: string, scheme = 'v1'): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, scheme, timestamp: 1_700_000_000 })

const read = (text: string): SignatureHeader => {
  const header = parseSignatureHeader(text)
  if (typeof header === 'string') throw new Error(header)
  return header
}

describe('the verifier', () => {
  const verify = createVerifier([CURRENT, PREVIOUS])

  it('accepts what the stripe package signs, and says which secret it was', () => {
    const text = BODY.toString('utf8')
    expect(verify(read(headerBy(CURRENT, text)), BODY)).toBe(0)
    expect(verify(read(headerBy(PREVIOUS, text)), BODY)).toBe(1)
    expect(verify(read(headerBy('whsec_strangestranger', text)), BODY)).toBe(-1)
  })

  it('agrees with the stripe package on empty, binary-like and large bodies', () => {
    for (const text of ['', '\u0000', 'x'.repeat(200_000)]) {
      expect(verify(read(headerBy(CURRENT, text)), Buffer.from(text))).toBe(0)
    }
  })

  it('accepts any of several signatures: a rolled secret signs beside the new one', () => {
    const text = BODY.toString('utf8')
    const both = `${headerBy('whsec_strangestranger', text)},${headerBy(PREVIOUS, text).split(',')[1]}`
    expect(verify(read(both), BODY)).toBe(1)
  })

  it('names the current secret when both signed', () => {
    const text = BODY.toString('utf8')
    const both = `${headerBy(PREVIOUS, text)},${headerBy(CURRENT, text).split(',')[1]}`
    expect(verify(read(both), BODY)).toBe(0)
  })

  it('notices one changed byte, a changed time, and a body that was parsed and written again', () => {
    const header = read(headerBy(CURRENT, BODY.toString('utf8')))
    const changed = Buffer.from(BODY)
    changed[10] = 0x21
    expect(verify(header, changed)).toBe(-1)
    expect(verify({ ...header, timestamp: '1700000001' }, BODY)).toBe(-1)
    expect(verify({ ...header, timestamp: '01700000000' }, BODY)).toBe(-1)
    expect(verify(header, Buffer.from(JSON.stringify(JSON.parse(BODY.toString('utf8')), null, 1)))).toBe(-1)
  })

  it('verifies the bytes: a byte order mark and broken UTF-8 count as they are', () => {
    const plain = read(headerBy(CURRENT, '{}'))
    expect(verify(plain, Buffer.from('\ufeff{}'))).toBe(-1)
    const replaced = read(headerBy(CURRENT, '\ufffd'))
    expect(verify(replaced, Buffer.from([0xff]))).toBe(-1)
  })

  it('takes the whole secret as text: what follows whsec_ is not base64', () => {
    const decoded = Buffer.from(CURRENT.slice('whsec_'.length), 'base64').toString('latin1')
    expect(verify(read(headerBy(decoded, BODY.toString('utf8'))), BODY)).toBe(-1)
  })
})
