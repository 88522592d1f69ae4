import { describe, expect, it } from '@jest/globals'
import { RestrictionApplied } from '@keyflow/contracts'
import type { BatchItem } from '@keyflow/runtime'
import { Value } from 'typebox/value'
import { NO_FACTS } from '../domain/ledger-facts.ts'
import { mergeFact } from '../domain/merge-facts.ts'
import { acknowledgeRestrictions } from './acknowledge-restrictions.ts'
import type { FactItem, FoldedLedger } from './fold-ledgers.ts'

const scope = { account: 'platform', livemode: true }
const overlay = (seq: number, level: 'none' | 'downgraded' | 'suspended') => ({
  kind: 'overlay' as const,
  scope,
  state: { id: 'platform:live:sub_1', seq, subscription: 'sub_1', level, tier: null },
})
const itemOf = (seq: number, level: 'none' | 'downgraded' | 'suspended') =>
  ({
    id: `platform:live:sub_1:${seq}`,
    item: { scope, facts: [overlay(seq, level)] },
    record: { key: 'platform:live:cus_1', headers: {} },
    trace: {},
  }) as unknown as BatchItem<FactItem>

const answersTo = (items: readonly BatchItem<FactItem>[], held = NO_FACTS) => {
  const facts = items.flatMap(({ item }) => item.facts).reduce(mergeFact, held)
  const folded = [{ causes: items.map(({ id }) => id), ledger: { facts } }] as unknown as FoldedLedger[]
  return acknowledgeRestrictions(items, folded, 'license.acks', new Date(0)).map(({ id, key, value }) => ({
    id,
    key,
    event: JSON.parse(String(value)) as RestrictionApplied,
  }))
}

describe('the answer to a restriction', () => {
  it('says what holds now, under the key of the question', () => {
    const [answer] = answersTo([itemOf(4, 'suspended')])
    expect(answer).toMatchObject({
      id: 'platform:live:sub_1:4:applied',
      key: 'platform:live:cus_1',
      event: { caseId: 'platform:live:sub_1', seq: 4, level: 'suspended', subscription: 'sub_1' },
    })
    expect(Value.Errors(RestrictionApplied, answer?.event)).toEqual([])
  })

  it('to one that comes late is the newer one: a restore is never taken back by what it undid', () => {
    const restored = mergeFact(NO_FACTS, overlay(7, 'none'))
    expect(answersTo([itemOf(6, 'suspended')], restored)).toMatchObject([
      { id: 'platform:live:sub_1:6:applied', event: { seq: 7, level: 'none' } },
    ])
  })

  it('is given to each question of a batch, and to nothing else', () => {
    expect(answersTo([itemOf(1, 'downgraded'), itemOf(2, 'none')]).map(({ event }) => event.seq)).toEqual([
      2, 2,
    ])
    expect(answersTo([])).toEqual([])
  })
})
