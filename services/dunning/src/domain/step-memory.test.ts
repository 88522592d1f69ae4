import { describe, expect, it } from '@jest/globals'
import { DunningEvent } from '@keyflow/contracts'
import { Value } from 'typebox/value'
import { noFacts } from './case-facts.ts'
import { newRecord } from './case-record.ts'
import { memoryOf, type Recalled, recall, withMemory } from './step-memory.ts'

const CASE = 'platform:live:sub_1'
const scope = { account: 'platform', livemode: true }
const DAY_3 = Date.UTC(2026, 3, 5, 11)

const run = {
  key: 'in_1:remind',
  invoice: 'in_1',
  step: 'remind',
  at: DAY_3,
  dueAt: DAY_3 - 5,
  result: 'done' as const,
  restrict: null,
  notice: `${CASE}:in_1:remind`,
}
const notice = {
  id: `${CASE}:in_1:remind`,
  invoice: 'in_1',
  steps: ['in_1:remind'],
  announces: [{ step: 'downgrade', level: 'downgraded' as const, at: Date.UTC(2026, 3, 9, 11) }],
  requestedAt: DAY_3,
  acceptedAt: DAY_3 + 1000,
  refusedAt: null,
  failedAt: null,
}
const policy = { invoice: 'in_1', id: 'default', hash: 'h' }
const announced = {
  isOpen: true,
  outcome: null,
  anchorAt: DAY_3 / 1000 - 259_200,
  outstanding: { usd: 2900 },
  invoices: ['in_1'],
  level: null,
  tier: null,
}
const record = {
  ...newRecord(noFacts(scope, 'sub_1')),
  runs: { [run.key]: run },
  notices: { [notice.id]: notice },
  pinned: policy,
  announced,
  seq: 2,
}

const event = (seq: number, more: Partial<DunningEvent> = {}): DunningEvent => ({
  id: `${CASE}:${seq}`,
  type: 'dunning.case_opened',
  schemaVersion: 1,
  at: new Date(DAY_3).toISOString(),
  ...scope,
  caseId: CASE,
  seq,
  customer: 'cus_1',
  subscription: 'sub_1',
  anchorAt: new Date(announced.anchorAt * 1000).toISOString(),
  outstanding: { usd: 2900 },
  invoices: ['in_1'],
  outcome: null,
  cause: [],
  ...more,
})
const memory = memoryOf({ cases: [record], steps: [{ caseId: CASE, run }] })
const letter = {
  key: notice.id,
  template: 'payment_reminder' as const,
  debts: [],
  announces: null,
  tier: null,
  paymentUrl: null,
  nextAttemptAt: null,
  dataKeptUntil: null,
  expiresAt: null,
}
const STORY: readonly DunningEvent[] = [
  event(1),
  event(2, { type: 'dunning.notice_requested', memory: [...memory], notice: letter }),
]

const recalled = (events: readonly DunningEvent[]): Recalled | undefined => {
  const known = new Map<string, Recalled>()
  for (const one of events) recall(known, one, 1)
  return known.get(CASE)
}

describe('what dunning says', () => {
  it('holds what it did, in the shape of the contract', () => {
    for (const one of STORY) expect([...Value.Errors(DunningEvent, one)]).toEqual([])
    expect(memory).toHaveLength(1)
    expect(memoryOf({ cases: [record], steps: [] })).toEqual([])
  })

  it('is enough to know the case again, but for what became of its mails', () => {
    const again = recalled(STORY)
    expect(again).toBeDefined()
    if (again === undefined) return
    const rebuilt = withMemory(newRecord(noFacts(scope, 'sub_1')), again)
    expect(rebuilt).toEqual({
      ...record,
      notices: { [notice.id]: { ...notice, acceptedAt: null } },
    })
    expect(again.mailedAt).toEqual([DAY_3])
  })

  it('is recalled alike in any order and however often it is read', () => {
    const closed = event(3, {
      type: 'dunning.case_closed',
      outcome: 'recovered',
      anchorAt: null,
      invoices: [],
      outstanding: {},
      restriction: { level: 'none', tier: null },
    })
    const all = [...STORY, closed]
    const inOrder = recalled(all)
    expect(inOrder).toMatchObject({
      seq: 3,
      announced: { isOpen: false, outcome: 'recovered', level: 'none' },
    })
    for (const order of ['012', '021', '102', '120', '201', '210', '221100', '120021'])
      expect(recalled([...order].flatMap((at) => all[Number(at)] ?? []))).toEqual(inOrder)
  })

  it('puts what became of a mail into the instant in which it was asked for where a test clock stands still', () => {
    const known = new Map<string, Recalled>()
    for (const one of STORY) recall(known, one, 1)
    const again = known.get(CASE)
    if (again === undefined) throw new Error('not recalled')
    const reported = { ...again, notices: { [notice.id]: notice } }
    const onClock = newRecord({ ...noFacts(scope, 'sub_1'), clock: 'clock_1' })
    expect(withMemory(onClock, reported).notices[notice.id]?.acceptedAt).toBe(DAY_3)
  })
})
