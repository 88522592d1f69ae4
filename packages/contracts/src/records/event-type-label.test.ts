import { describe, expect, it } from '@jest/globals'
import { EVENT_TYPE_LABELS, eventTypeLabel } from './event-type-label.ts'

describe('the event type in a label', () => {
  it.each([
    ['com.stripe.invoice.paid', 'invoice.paid'],
    ['com.stripe.made.up.by.somebody', 'stripe.other'],
    ['com.stripe.snapshot.subscription', 'stripe.snapshot'],
    ['io.keyflow.license.issued.v1', 'license.issued'],
    ['io.keyflow.something.new.v1', 'other'],
  ])('of %s is %s', (type, label) => {
    expect(eventTypeLabel({ ce_type: type })).toBe(label)
    expect(EVENT_TYPE_LABELS).toContain(label)
  })

  it('of a record without headers is one of the closed set as well', () => {
    expect(EVENT_TYPE_LABELS).toContain(eventTypeLabel({}))
  })
})
