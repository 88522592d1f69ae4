import { describe, expect, it } from '@jest/globals'
import { BRAND, LICENSE_ID, summary } from '../../test/samples.ts'
import type { Conversation } from './conversation.ts'
import { type FreezeInput, freezeMail } from './freeze-mail.ts'
import { statementOf } from './statement.ts'

const CAUSE = { refs: [], trace: {}, receivedAt: null }
const conversation: Conversation = {
  newest: { version: 2, summary: summary({ tier: 'business' }), cause: CAUSE },
  told: { version: 1, statement: statementOf(summary()) },
  open: { template: 'license_changed', occurrence: 'v2', version: 2 },
  isIssued: true,
}
const input: FreezeInput = {
  id: 'ab'.repeat(32),
  mail: { template: 'license_changed', occurrence: 'v2', version: 2 },
  licenseId: LICENSE_ID,
  conversation,
  contact: { email: 'ada@example.com', name: 'Ada\r\nBcc: eve@example.com', locale: 'de' },
  brand: BRAND,
  senderDomain: 'example.com',
  now: new Date('2026-11-24T08:00:00.000Z'),
  date: null,
}

describe('the check at send time', () => {
  it('fixes recipient, Message-ID, date and what will be told', () => {
    const frozen = freezeMail(input)
    expect(frozen).toMatchObject({
      kind: 'frozen',
      mail: {
        to: 'ada@example.com',
        toName: 'Ada Bcc: eve@example.com',
        messageId: `<${'ab'.repeat(20)}@example.com>`,
        date: '2026-11-24T08:00:00.000Z',
        version: 2,
        statement: { tier: 'business' },
        view: { before: { tier: 'pro' }, now: { tier: 'business' } },
      },
    })
  })

  it('keeps the date of an earlier attempt', () => {
    const frozen = freezeMail({ ...input, date: '2026-11-20T00:00:00.000Z' })
    expect(frozen).toMatchObject({ mail: { date: '2026-11-20T00:00:00.000Z' } })
  })

  it('drops a change that a newer version overtook', () => {
    const newest = { version: 3, summary: summary({ status: 'suspended' }), cause: CAUSE }
    expect(freezeMail({ ...input, conversation: { ...conversation, newest } })).toEqual({
      kind: 'superseded',
    })
  })

  it('drops a change that the customer knows already', () => {
    const told = { version: 1, statement: statementOf(summary({ tier: 'business' })) }
    expect(freezeMail({ ...input, conversation: { ...conversation, told } })).toEqual({ kind: 'superseded' })
  })

  it('lets the mail with the key tell the newest state', () => {
    const mail = { template: 'license_issued', occurrence: 'key1', version: 1 } as const
    const frozen = freezeMail({ ...input, mail, conversation: { ...conversation, told: null, open: mail } })
    expect(frozen).toMatchObject({ mail: { version: 2, statement: { tier: 'business' } } })
  })

  it('waits for an address', () => {
    expect(freezeMail({ ...input, contact: null })).toEqual({ kind: 'waiting_contact' })
  })
})
