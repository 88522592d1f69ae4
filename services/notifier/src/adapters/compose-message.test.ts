import { describe, expect, it } from '@jest/globals'
import { simpleParser } from 'mailparser'
import { viewOf } from '../../test/samples.ts'
import { PRIVATE_KEY } from '../../test/signing-certificate.ts'
import { verifyDkim } from '../../test/verify-dkim.ts'
import { FIXTURES } from '../domain/fixtures.ts'
import type { FrozenMail } from '../domain/message.ts'
import { createComposeMail } from './compose-message.ts'

const [{ content: EXAMPLE } = { content: undefined as never }] = FIXTURES.license_issued
const frozen: FrozenMail = {
  to: 'ada@example.com',
  toName: 'Ada Lovelace',
  messageId: `<${'ab'.repeat(20)}@example.com>`,
  date: '2026-11-24T08:00:00.000Z',
  view: viewOf(EXAMPLE),
  said: null,
}
const rendered = { subject: 'Your key', text: 'Hello\n.\nline of one dot above', html: '<p>Hello</p>' }
const sender = { name: 'Keyflow', address: 'licenses@example.com' }
const message = { id: 'ab'.repeat(32), caseId: null }
const composeMail = createComposeMail({ sender, replyTo: 'help@example.com', dkim: null, forPostmark: false })
const composeMessage = (mail = frozen, texts = rendered, of = message) => composeMail(mail, texts, of)

const headersOf = (bytes: Buffer): string => bytes.toString('latin1').split('\r\n\r\n')[0] ?? ''

describe('the bytes of a mail', () => {
  it('are the same at every attempt', async () => {
    const once = await composeMessage()
    const again = await composeMessage()
    expect(once.equals(again)).toBe(true)
  })

  it('carry the frozen Message-ID and date, and say that no person wrote it', async () => {
    const mail = await simpleParser(await composeMessage())
    expect(mail.messageId).toBe(frozen.messageId)
    expect(mail.date?.toISOString()).toBe(frozen.date)
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail.replyTo?.text).toBe('help@example.com')
    expect(mail.from?.text).toBe('"Keyflow" <licenses@example.com>')
    expect(mail.text).toContain('.\nline of one dot above')
  })

  it.each(['Eve\r\nBcc: all@example.com', 'Eve\nX-Evil: 1', '"Eve" <all@example.com>, x'])(
    'have one recipient and no further header, whatever a customer is called: %j',
    async (name) => {
      const bytes = await composeMessage({ ...frozen, toName: name }, { ...rendered, subject: `For ${name}` })
      expect(headersOf(bytes)).not.toMatch(/^(bcc|cc|x-evil):/im)
      const to = (await simpleParser(bytes)).to
      expect(Array.isArray(to) ? null : to?.value.map(({ address }) => address)).toEqual(['ada@example.com'])
    },
  )
})

describe('a mail that is signed here', () => {
  const dkim = { domainName: 'example.com', keySelector: 'keyflow', privateKey: PRIVATE_KEY }
  const composeSigned = createComposeMail({ sender, replyTo: null, dkim, forPostmark: false })
  const optional: FrozenMail = {
    ...frozen,
    view: viewOf(EXAMPLE, { unsubscribeUrl: 'https://licenses.example.com/u/token' }),
  }

  it('verifies with the key of its domain, as a receiving server does it', async () => {
    const bytes = await composeSigned(frozen, rendered, message)
    expect(verifyDkim(bytes)).toMatchObject({ isValid: true, domain: 'example.com', selector: 'keyflow' })
    expect(verifyDkim(bytes)?.covers).toEqual(expect.arrayContaining(['from', 'to', 'subject']))
    // As the relay adds to it.
    const received = Buffer.concat([Buffer.from('Received: by relay.example\r\n'), bytes])
    expect(verifyDkim(received)?.isValid).toBe(true)
  })

  it('no longer does when a word of it is changed, or who it is from', async () => {
    const text = (await composeSigned(frozen, rendered, message)).toString('latin1')
    for (const altered of [text.replace('Hello', 'Hullo'), text.replace('From: Keyflow', 'From: Mallory')]) {
      expect(altered).not.toBe(text)
      expect(verifyDkim(Buffer.from(altered, 'latin1'))?.isValid).toBe(false)
    }
  })

  it('can be unsubscribed from with one click where it is optional, and the signature covers that (RFC 8058)', async () => {
    const bytes = await composeSigned(optional, rendered, message)
    expect(headersOf(bytes)).toMatch(/^List-Unsubscribe: <https:\/\/licenses\.example\.com\/u\/token>/m)
    expect(headersOf(bytes)).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m)
    const verdict = verifyDkim(bytes)
    expect(verdict?.isValid).toBe(true)
    expect(verdict?.covers).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post']))
    expect(headersOf(await composeSigned(frozen, rendered, message))).not.toMatch(/^List-Unsubscribe/m)
  })

  it('is signed the same at every attempt', async () => {
    const [once, again] = await Promise.all([1, 2].map(() => composeSigned(frozen, rendered, message)))
    expect(once?.equals(again ?? Buffer.alloc(0))).toBe(true)
  })

  it('is not signed where the relay does that', async () => {
    expect(verifyDkim(await composeMessage())).toBeNull()
  })
})
