import { describe, expect, it } from '@jest/globals'
import { causeText, type MailCause, messageIdOf } from './message.ts'

const CAUSE: MailCause = {
  account: 'platform',
  livemode: false,
  template: 'license_issued',
  subject: 'license-1',
  occurrence: 'key1',
  recipient: 'buyer',
  channel: 'email',
}

describe('the cause of a mail', () => {
  it('differs whenever any part of it differs', () => {
    const others: MailCause[] = [
      { ...CAUSE, account: 'acct_1' },
      { ...CAUSE, livemode: true },
      { ...CAUSE, template: 'license_changed' },
      { ...CAUSE, subject: 'license-2' },
      { ...CAUSE, occurrence: 'key2' },
    ]
    expect(new Set([CAUSE, ...others].map(causeText)).size).toBe(others.length + 1)
  })

  it('cannot be confused by moving a separator from one part into the next', () => {
    const one = causeText({ ...CAUSE, account: 'a","b', subject: 'c' })
    const other = causeText({ ...CAUSE, account: 'a', subject: 'b","c' })
    expect(one).not.toBe(other)
  })

  it('gives the same Message-ID at every attempt', () => {
    const id = 'ab'.repeat(32)
    expect(messageIdOf(id, 'example.com')).toBe(`<${'ab'.repeat(20)}@example.com>`)
  })
})
