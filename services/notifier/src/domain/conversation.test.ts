import { describe, expect, it } from '@jest/globals'
import { licenseEvent, summary } from '../../test/samples.ts'
import { type Conversation, confirm, hear, NEW_CONVERSATION, reconsider, settle } from './conversation.ts'
import { statementOf } from './statement.ts'

const CAUSE = { refs: ['platform:test:cus_1'], trace: {}, receivedAt: null }
const PRO = summary()
const BUSINESS = summary({ tier: 'business', maxDomains: 25 })

const take = (before: Conversation, version: number, after = PRO, isUnderWay = false) =>
  hear(before, licenseEvent(version, { after }), CAUSE, isUnderWay)

/** The key has been mailed with the state of version 1. */
const told = settle(
  take(NEW_CONVERSATION, 1).conversation,
  { version: 1, statement: statementOf(PRO) },
  'accepted',
).conversation

describe('what a customer is told of a license', () => {
  it.each(['canceled', 'payment_failed'])(
    'calls an ordinary end (%s) an end, also where it revokes',
    (reason) => {
      const ended = statementOf(summary({ status: 'revoked', reason }))
      expect(ended).toEqual(statementOf(summary({ status: 'expired', reason })))
      expect(ended).not.toEqual(statementOf(summary({ status: 'revoked', reason: 'dispute_lost' })))
    },
  )
})

describe('a conversation about a license', () => {
  it('begins with the mail that carries the key', () => {
    expect(take(NEW_CONVERSATION, 1).queued).toEqual({
      template: 'license_issued',
      occurrence: 'key1',
      version: 1,
    })
  })

  it('announces a key once, whatever is repeated', () => {
    expect(take(told, 1).queued).toBeNull()
    expect(take(take(NEW_CONVERSATION, 1).conversation, 1).queued).toBeNull()
  })

  it('tells nothing of changes before the key is out: that mail tells the newest state', () => {
    const early = take(NEW_CONVERSATION, 2, BUSINESS)
    expect(early.queued).toBeNull()
    const issued = take(early.conversation, 1)
    expect(issued.queued?.template).toBe('license_issued')
    expect(issued.conversation.newest?.summary).toEqual(BUSINESS)
  })

  it('tells a change of tier, and not a renewal or a grace', () => {
    expect(take(told, 2, BUSINESS).queued).toMatchObject({ template: 'license_changed', occurrence: 'v2' })
    expect(take(told, 2, summary({ validThrough: '2027-01-01T00:00:00.000Z' })).queued).toBeNull()
    expect(take(told, 2, summary({ status: 'grace', reason: 'payment_failed' })).queued).toBeNull()
  })

  it.each([
    ['a suspension', summary({ status: 'suspended' })],
    ['an end', summary({ status: 'expired' })],
    ['a revocation', summary({ status: 'revoked' })],
    ['a scheduled cancellation', summary({ cancelAt: '2027-01-01T00:00:00.000Z' })],
    ['another limit', summary({ maxDomains: 11 })],
  ])('tells %s', (_what, after) => {
    expect(take(told, 2, after).queued?.occurrence).toBe('v2')
  })

  it('drops a waiting change for a newer one: only the newest is sent', () => {
    const waiting = take(told, 2, BUSINESS).conversation
    const step = take(waiting, 3, summary({ status: 'suspended' }))
    expect(step.superseded?.occurrence).toBe('v2')
    expect(step.queued?.occurrence).toBe('v3')
  })

  it('drops a waiting change that was taken back, and sends nothing', () => {
    const step = take(take(told, 2, BUSINESS).conversation, 3, PRO)
    expect(step.superseded?.occurrence).toBe('v2')
    expect(step.queued).toBeNull()
    expect(step.conversation.open).toBeNull()
  })

  it('lets mail that is under way run its course, and speaks on afterwards', () => {
    const underWay = take(told, 2, BUSINESS).conversation
    const heard = take(underWay, 3, summary({ status: 'suspended' }), true)
    expect(heard.queued).toBeNull()
    const settled = settle(heard.conversation, { version: 2, statement: statementOf(BUSINESS) }, 'accepted')
    expect(settled.queued?.occurrence).toBe('v3')
  })

  it('tells again after an unknown outcome, as soon as there is news: the customer may have read the other thing', () => {
    const said = { version: 2, statement: statementOf(BUSINESS) }
    const unknown = settle(take(told, 2, BUSINESS).conversation, said, 'unknown')
    expect(unknown.queued).toBeNull()
    expect(take(unknown.conversation, 3, PRO).queued?.occurrence).toBe('v3')
  })

  it('remembers what the customer knew before a mail that bounced', () => {
    const said = { version: 2, statement: statementOf(BUSINESS) }
    const bounced = settle(take(told, 2, BUSINESS).conversation, said, 'bounced')
    expect(bounced.queued).toBeNull()
    expect(take(bounced.conversation, 3, PRO).queued).toBeNull()
  })

  it('believes a late answer of the relay', () => {
    const said = { version: 2, statement: statementOf(BUSINESS) }
    const unknown = settle(take(told, 2, BUSINESS).conversation, said, 'unknown').conversation
    expect(confirm(unknown, said).told).toEqual(said)
    expect(confirm(told, said)).toBe(told)
  })

  it('ignores an older event that arrives late', () => {
    const newer = take(told, 5, BUSINESS).conversation
    expect(take(newer, 4, PRO).conversation).toEqual(newer)
  })

  it('keeps a waiting change that is still the newest and still news', () => {
    const waiting = take(told, 2, BUSINESS).conversation
    expect(reconsider(waiting)).toEqual({ conversation: waiting, superseded: null, queued: null })
  })
})
