import { describe, expect, it } from '@jest/globals'
import { redact } from './redact.ts'

describe('redaction of log lines', () => {
  it('hides personal data and secrets by name, at any depth and inside lists', () => {
    const line = redact({
      email: 'a@example.com',
      customer: { name: 'Ada', id: 'cus_1' },
      items: [{ license: { key: 'KF-1' } }],
    })
    expect(line).toEqual({
      email: '[redacted]',
      customer: { name: '[redacted]', id: 'cus_1' },
      items: [{ license: { key: '[redacted]' } }],
    })
  })

  it('never changes what it was given', () => {
    const customer = { name: 'Ada' }
    redact({ customer })
    expect(customer.name).toBe('Ada')
  })

  it('hands a line without anything to hide through, uncopied', () => {
    const line = { event_id: 'evt_1', counts: [1, 2], at: new Date(0) }
    expect(redact(line)).toBe(line)
  })

  it('leaves errors to their serializer', () => {
    const err = new Error('boom')
    expect(redact({ err }).err).toBe(err)
  })

  it('ends on a circle, and hides what lies too deep to be looked at', () => {
    const circle: Record<string, unknown> = { id: 1 }
    circle.self = circle
    expect(JSON.stringify(redact({ circle }))).toContain('[redacted]')
  })
})
