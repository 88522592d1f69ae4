import { describe, expect, it } from '@jest/globals'
import { judge } from '@keyflow/client/protocol'
import { readStripeEventObject } from '@keyflow/contracts'
import type { IncomingRecord } from '@keyflow/runtime'
import { caseEvents } from '../../../dunning/test/case-events.ts'
import { createMemoryDunning } from '../../../dunning/test/memory-dunning.ts'
import { toJudged } from '../../src/domain/judged-license.ts'
import { toValidateResponse } from '../../src/http/validate-view.ts'
import { decodeRecord } from '../../src/workers/decode-record.ts'
import { createSubscriptionStory } from '../history/subscription-story.ts'
import { createCase, DAY } from './case-world.ts'

const PAY_URL = 'https://pay.example/b/token'

/** Both services over one account: Stripe's events go to both, dunning's go to licensing. */
const failing = () => {
  const world = createCase()
  const story = createSubscriptionStory(world.account, {
    price: 'price_pro_monthly',
    trial: false,
    payAtOnce: true,
  })
  const dunning = createMemoryDunning({ now: world.account.now() * 1000 })
  let [heard, folded] = [0, 0]
  const exchange = (): void => {
    dunning.advanceTo(world.account.now() * 1000)
    for (const event of world.account.events.slice(heard)) {
      const read = readStripeEventObject(event)
      if (read.ok) dunning.deliver(read.facts)
    }
    heard = world.account.events.length
    world.deliverNew()
    dunning.advanceTo(world.account.now() * 1000)
    const said = caseEvents(dunning.said.slice(folded), () => PAY_URL)
    folded = dunning.said.length
    for (const event of said) {
      const decoded = decodeRecord({
        topic: 'dunning.events',
        value: Buffer.from(JSON.stringify(event)),
        headers: {},
      } as unknown as IncomingRecord)
      if (decoded.kind === 'item')
        world.memory.fold([{ id: decoded.id, facts: decoded.item.facts }], world.account.now() * 1000)
    }
  }
  exchange()
  world.account.advance(30 * DAY)
  exchange()
  story.actions.renewAndFail()
  exchange()
  const license = () => {
    const found = world.licenseOf(story.id)
    return {
      tier: found?.terms.tier,
      domains: found?.terms.maxDomains,
      code: world.codeAt(found, world.account.now()),
    }
  }
  /** What the sold software is told about payments. */
  const billing = () => {
    const found = world.licenseOf(story.id)
    const at = world.account.now()
    if (found === undefined) throw new Error('there is no license')
    const judged = { verdict: judge(toJudged(found), {}, at), license: found, quota: null, lease: null }
    return toValidateResponse({ key: 'k' }, { kind: 'verdict', ...judged, now: new Date(at * 1000) }).billing
  }
  return {
    world,
    story,
    dunning,
    license,
    billing,
    /** Lives on, an hour at a time. */
    live: (seconds: number): void => {
      for (let passed = 0; passed < seconds; passed += 3600) {
        world.account.advance(Math.min(3600, seconds - passed))
        exchange()
      }
    },
    exchange,
  }
}

describe('acceptance: the timeline of a failed payment', () => {
  it('case 10: past due from day 0 to day 14, then paid: the exact tier is back', () => {
    const { story, license, live, exchange } = failing()
    expect(license()).toEqual({ tier: 'pro', domains: 10, code: 'GRACE' })
    live(7 * DAY - 3600)
    expect(license()).toEqual({ tier: 'pro', domains: 10, code: 'GRACE' })
    live(2 * 3600)
    expect(license()).toEqual({ tier: 'free', domains: 1, code: 'GRACE' })
    live(7 * DAY)
    expect(license()).toMatchObject({ code: 'SUSPENDED' })
    live(DAY)
    story.actions.recover()
    exchange()
    expect(license()).toEqual({ tier: 'pro', domains: 10, code: 'VALID' })
  })

  it('tells the sold software what is coming, when, and where to pay, until nothing is owed', () => {
    const { world, story, billing, live, exchange } = failing()
    const begun = world.account.now()
    const day = (days: number): string => new Date((begun + days * DAY) * 1000).toISOString()
    expect(billing()).toEqual({ state: 'past_due', restrictAt: day(7), updatePaymentUrl: PAY_URL })
    live(7 * DAY + 3600)
    expect(billing()).toMatchObject({ state: 'downgraded', updatePaymentUrl: PAY_URL })
    expect(Date.parse(billing()?.restrictAt ?? '')).toBeGreaterThanOrEqual(Date.parse(day(14)))
    live(8 * DAY)
    expect(billing()).toEqual({ state: 'suspended', restrictAt: null, updatePaymentUrl: PAY_URL })
    story.actions.recover()
    exchange()
    expect(billing()).toBeNull()
  })

  it('case 11: a card that is fixed on day 6 at 23:59 costs the customer nothing', () => {
    const { story, dunning, world, license, live, exchange } = failing()
    live(7 * DAY - 60)
    story.actions.recover()
    exchange()
    live(10 * DAY)
    expect(license()).toMatchObject({ tier: 'pro', domains: 10 })
    expect(dunning.taken.filter(({ level }) => level !== null)).toEqual([])
    const told = world.told(world.licenseOf(story.id)?.id ?? '')
    expect(told).not.toContain('license.tier_changed')
    expect(told).not.toContain('license.suspended')
  })

  it('case 12: four attempts in one day are one day', () => {
    const { dunning, world, license, live, exchange } = failing()
    const unpaid = [...world.account.objects.values()].find(
      (o) => o.object === 'invoice' && o.status === 'open',
    )
    if (unpaid === undefined) throw new Error('nothing is owed')
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      world.account.advance(3600)
      world.account.update('invoice.payment_failed', unpaid, { attempt_count: attempt })
      exchange()
    }
    live(2 * DAY)
    expect(license()).toEqual({ tier: 'pro', domains: 10, code: 'GRACE' })
    expect(dunning.mails.map(({ notice }) => notice.template)).toEqual(['payment_failed'])
  })
})
