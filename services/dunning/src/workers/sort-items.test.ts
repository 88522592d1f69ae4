import { describe, expect, it } from '@jest/globals'
import type { MailEvent, RestrictionApplied } from '@keyflow/contracts'
import type { BatchItem } from '@keyflow/runtime'
import { createMemoryDunning, DAY } from '../../test/memory-dunning.ts'
import { failed } from '../../test/samples.ts'
import type { DunningItem } from './decode-record.ts'
import { foldItem, type TouchedCase } from './sort-items.ts'

const T0 = Date.UTC(2026, 2, 2)

const suspended = (): Map<string, TouchedCase> => {
  const world = createMemoryDunning({ now: T0, postman: () => null })
  world.deliver(failed({}, { at: T0 / 1000, eventId: 'evt_1' }))
  world.advanceTo(T0 + DAY / 2)
  const record = world.caseOf()
  if (record === undefined) throw new Error('no case')
  const touched = { record, version: 3, before: record.announced, causes: [], headers: {}, latencyMs: null }
  return new Map([[record.facts.id, touched]])
}

const ofItem = (item: DunningItem): BatchItem<DunningItem> =>
  ({ id: 'item', item, record: { headers: {} }, trace: {} }) as unknown as BatchItem<DunningItem>

const applied = (seq: number, level: RestrictionApplied['level'], at = T0) =>
  ofItem({
    kind: 'applied',
    event: {
      caseId: 'platform:test:sub_1',
      seq,
      level,
      at: new Date(at).toISOString(),
    } as RestrictionApplied,
  })

describe('what licensing answers', () => {
  it('is kept as far as it is news, whatever order it comes in', () => {
    const touched = suspended()
    foldItem(touched, applied(5, 'none'))
    foldItem(touched, applied(4, 'suspended'))
    expect(touched.get('platform:test:sub_1')?.record.applied).toMatchObject({ seq: 5, level: 'none' })
    expect(touched.get('platform:test:sub_1')?.causes).toHaveLength(1)
  })

  it('is timed when it answers the newest restriction', () => {
    const touched = suspended()
    const one = touched.get('platform:test:sub_1')
    if (one !== undefined) one.record = { ...one.record, wanted: { seq: 9, level: 'suspended', at: T0 } }
    foldItem(touched, applied(8, 'downgraded', T0 + 500))
    expect(one?.latencyMs).toBeNull()
    foldItem(touched, applied(9, 'suspended', T0 + 800))
    expect(one?.latencyMs).toBe(800)
  })
})

describe('what becomes of a mail', () => {
  const report = (key: string, type: MailEvent['type'], at: number) =>
    ofItem({
      kind: 'mail',
      event: {
        type,
        at: new Date(at).toISOString(),
        notice: { caseId: 'platform:test:sub_1', key },
      } as MailEvent,
    })

  it('is filed with the notice that asked for it; a mail of somebody else changes nothing', () => {
    const touched = suspended()
    const one = touched.get('platform:test:sub_1')
    const [key] = Object.keys(one?.record.notices ?? {})
    foldItem(touched, report('another', 'mail.accepted', T0 + 1))
    expect(one?.causes).toEqual([])
    foldItem(touched, report(key ?? '', 'mail.accepted', T0 + 1))
    foldItem(touched, report(key ?? '', 'mail.bounced', T0 + 2))
    expect(one?.record.notices[key ?? '']).toMatchObject({ acceptedAt: T0 + 1, refusedAt: T0 + 2 })
  })

  it('counts from when it was asked for on a test clock, which stands still while the mail is on its way', () => {
    const touched = suspended()
    const one = touched.get('platform:test:sub_1')
    const [key = ''] = Object.keys(one?.record.notices ?? {})
    if (one !== undefined) one.record = { ...one.record, facts: { ...one.record.facts, clock: 'clock_1' } }
    foldItem(touched, report(key, 'mail.accepted', T0 + 400 * DAY))
    expect(one?.record.notices[key]?.acceptedAt).toBe(one?.record.notices[key]?.requestedAt)
  })
})
