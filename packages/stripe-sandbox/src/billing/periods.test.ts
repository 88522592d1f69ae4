import { describe, expect, it } from '@jest/globals'
import type { Recurring } from '../objects/catalog.ts'
import { periodEnd } from './periods.ts'

const at = (date: string): number => Date.parse(`${date}T09:30:00Z`) / 1000
const every = (interval: Recurring['interval'], interval_count = 1): Recurring => ({
  interval,
  interval_count,
  usage_type: 'licensed',
})

describe('periodEnd', () => {
  it.each([
    ['a month later', '2026-03-15', '2026-03-15', every('month'), '2026-04-15'],
    ['the last day of a shorter month', '2026-01-31', '2026-01-31', every('month'), '2026-02-28'],
    ['the anchor day again after a shorter month', '2026-01-31', '2026-02-28', every('month'), '2026-03-31'],
    ['29 February in a leap year', '2027-12-31', '2028-01-31', every('month'), '2028-02-29'],
    ['a year later, also from a leap day', '2028-02-29', '2028-02-29', every('year'), '2029-02-28'],
    ['several weeks', '2026-03-01', '2026-03-01', every('week', 2), '2026-03-15'],
    ['a quarter across the year', '2026-11-30', '2026-11-30', every('month', 3), '2027-02-28'],
  ])('gives %s', (_what, anchor, start, recurring, end) => {
    expect(periodEnd(at(anchor), at(start), recurring)).toBe(at(end))
  })
})
