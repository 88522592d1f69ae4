import { describe, expect, it } from '@jest/globals'
import { CALENDAR, createMemoryDunning, DAY, policiesOf, SHIPPED } from '../../test/memory-dunning.ts'
import { failed, paid } from '../../test/samples.ts'
import type { CaseRecord } from './case-record.ts'
import { currentProfile } from './customer-profile.ts'
import type { PolicyBook } from './policy.ts'
import { simulateCustomer } from './simulate.ts'

const T0 = 1_790_000_000

/** What was recorded of a customer whose payment failed, and was made so many days later (or never). */
const recorded = (paidAfterDays: number | null): CaseRecord => {
  const world = createMemoryDunning({ now: T0 * 1000 })
  world.deliver(failed({}, { at: T0, eventId: 'evt_1' }))
  if (paidAfterDays !== null) {
    const at = T0 + paidAfterDays * 86_400
    world.deliver(paid({ paidAt: at }, { at, eventId: 'evt_2' }))
  }
  return world.caseOf() as CaseRecord
}

const simulate = (record: CaseRecord, book: PolicyBook = SHIPPED) =>
  simulateCustomer(
    { cases: [record], around: { profile: currentProfile(null), lastMails: [] } },
    { book, calendar: CALENDAR, accountZone: 'UTC', paymentUrl: () => null },
    T0 * 1000 + 40 * DAY,
  ).map(({ at, what, detail }) => [(at / 1000 - T0) / 86_400, what, detail])

const STRICT = policiesOf(`
version: 1
policies:
  - id: strict
    match: {}
    steps:
      - { id: warn, after: P0D, do: [{ email: payment_failed }], announces: suspend }
      - { id: suspend, after: P4D, do: [{ restrict: { level: suspended } }, { email: license_suspended }], notice: { min: P3D } }
`)

describe('a simulation', () => {
  it('does what the policy does to a debt that nobody pays', () => {
    expect(simulate(recorded(null))).toEqual([
      [0, 'mail', 'payment_failed'],
      [3, 'mail', 'payment_reminder'],
      [7, 'downgraded', 'free'],
      [7, 'mail', 'license_downgraded'],
      [14, 'suspended', null],
      [14, 'mail', 'license_suspended'],
      [30, 'closed', 'lost'],
    ])
  })

  it('stops where the debt was paid', () => {
    expect(simulate(recorded(5))).toEqual([
      [0, 'mail', 'payment_failed'],
      [3, 'mail', 'payment_reminder'],
      [5, 'closed', 'recovered'],
    ])
  })

  it('shows whom a stricter policy would have suspended', () => {
    expect(simulate(recorded(5), STRICT)).toEqual([
      [0, 'mail', 'payment_failed'],
      [4, 'suspended', null],
      [4, 'mail', 'license_suspended'],
      [5, 'closed', 'recovered'],
    ])
    expect(simulate(recorded(3), STRICT).map(([, what]) => what)).toEqual(['mail', 'closed'])
  })

  it('changes nothing of what was recorded', () => {
    const record = recorded(5)
    const before = JSON.stringify(record)
    simulate(record, STRICT)
    expect(JSON.stringify(record)).toBe(before)
  })
})
