import { describe, expect, it } from '@jest/globals'
import { LETTERHEAD, LICENSE_ID, summary } from '../../test/samples.ts'
import type { Conversation } from './conversation.ts'
import { type FreezeInput, freezeMail } from './freeze-mail.ts'
import type { MailContent } from './mail-view.ts'
import type { MailOrder } from './message.ts'
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
  template: 'license_changed',
  livemode: true,
  order: null,
  head: null,
  suppressed: () => null,
  mail: { template: 'license_changed', occurrence: 'v2', version: 2 },
  licenseId: LICENSE_ID,
  conversation,
  contact: {
    email: 'ada@example.com',
    name: 'Ada\r\nBcc: eve@example.com',
    locale: 'de',
    country: 'AT',
    person: 'cus_1',
  },
  letterhead: LETTERHEAD,
  now: new Date('2026-11-24T08:00:00.000Z'),
  date: null,
}

const SUPERSEDED = { kind: 'dropped', state: 'superseded', reason: 'no_longer_news' }

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
        said: { version: 2, statement: { tier: 'business' } },
        view: {
          context: { locale: 'de-AT', customerName: 'Ada Bcc: eve@example.com', isTest: false },
          content: { before: { tier: 'pro' }, now: { tier: 'business' } },
        },
      },
    })
  })

  it('keeps the date of an earlier attempt', () => {
    const frozen = freezeMail({ ...input, date: '2026-11-20T00:00:00.000Z' })
    expect(frozen).toMatchObject({ mail: { date: '2026-11-20T00:00:00.000Z' } })
  })

  it('drops a change that a newer version overtook', () => {
    const newest = { version: 3, summary: summary({ status: 'suspended' }), cause: CAUSE }
    expect(freezeMail({ ...input, conversation: { ...conversation, newest } })).toEqual(SUPERSEDED)
  })

  it('drops a change that the customer knows already', () => {
    const told = { version: 1, statement: statementOf(summary({ tier: 'business' })) }
    expect(freezeMail({ ...input, conversation: { ...conversation, told } })).toEqual(SUPERSEDED)
  })

  it('lets the mail with the key tell the newest state', () => {
    const mail = { template: 'license_issued', occurrence: 'key1', version: 1 } as const
    const template = 'license_issued'
    const told = { ...conversation, told: null, open: mail }
    const frozen = freezeMail({ ...input, template, mail, conversation: told })
    expect(frozen).toMatchObject({ mail: { said: { version: 2, statement: { tier: 'business' } } } })
  })

  it('waits for an address', () => {
    expect(freezeMail({ ...input, contact: null })).toEqual({ kind: 'waiting_contact' })
  })

  it('sends nothing to an address that wants or takes none, and says why', () => {
    const suppressed = (address: string, category: string): string | null =>
      address === 'ada@example.com' && category === 'service' ? 'complaint' : null
    expect(freezeMail({ ...input, suppressed })).toEqual({
      kind: 'dropped',
      state: 'suppressed',
      reason: 'complaint',
    })
    const mail = { template: 'license_issued', occurrence: 'key1', version: 1 } as const
    const key = { ...input, suppressed, template: 'license_issued' as const, mail }
    expect(freezeMail({ ...key, conversation: { ...conversation, told: null, open: mail } }).kind).toBe(
      'frozen',
    )
  })
})

const order: MailOrder = {
  content: {
    template: 'payment_reminder',
    debts: [{ invoice: 'in_1', currency: 'eur', amount: 4900 }],
    announces: null,
    tier: null,
    paymentUrl: null,
    nextAttemptAt: null,
    dataKeptUntil: null,
  },
  notice: { caseId: 'platform:test:sub_1', key: 'sub_1:in_1:remind', seq: 4 },
  expiresAt: '2026-11-25T00:00:00.000Z',
  recordKey: null,
}
const notice: FreezeInput = { ...input, template: 'payment_reminder', mail: null, conversation: null, order }

describe('a notice of dunning, checked at send time', () => {
  it('is sent while its case is open and nothing newer was asked for', () => {
    expect(freezeMail({ ...notice, head: { seq: 3, isOpen: true, level: 'none', noticeSeq: 4 } }).kind).toBe(
      'frozen',
    )
  })

  it.each([
    ['its case is closed', { seq: 5, isOpen: false, level: 'none', noticeSeq: 4 }, 'case_closed'],
    ['a newer notice was asked for', { seq: 5, isOpen: true, level: 'none', noticeSeq: 6 }, 'newer_notice'],
  ] as const)('is dropped when %s', (_when, head, reason) => {
    expect(freezeMail({ ...notice, head })).toEqual({ kind: 'dropped', state: 'superseded', reason })
  })

  it('is dropped when it is too late', () => {
    expect(freezeMail({ ...notice, now: new Date('2026-11-25T00:00:01.000Z') })).toEqual({
      kind: 'dropped',
      state: 'expired',
      reason: 'too_late',
    })
  })

  it('that says a license is suspended is dropped once the suspension was lifted', () => {
    const suspended: MailOrder = {
      ...order,
      content: { ...order.content, template: 'license_suspended' } as MailContent,
    }
    const head = { seq: 5, isOpen: true, level: 'none', noticeSeq: 4 } as const
    expect(freezeMail({ ...notice, template: 'license_suspended', order: suspended, head })).toMatchObject({
      reason: 'restriction_lifted',
    })
  })

  it('of the happy end is sent after the case is closed', () => {
    const recovered: MailOrder = {
      ...order,
      content: { ...order.content, template: 'payment_recovered' } as MailContent,
    }
    const head = { seq: 5, isOpen: false, level: 'none', noticeSeq: 4 } as const
    expect(freezeMail({ ...notice, template: 'payment_recovered', order: recovered, head }).kind).toBe(
      'frozen',
    )
  })
})
