import { describe, expect, it } from '@jest/globals'
import type { StripeEvent } from '../history/stripe-account.ts'
import { createSubscriptionStory } from '../history/subscription-story.ts'
import { createCase, DAY, T0 } from './case-world.ts'

const SLACK = DAY

const bought = (price: 'price_starter_monthly' | 'price_business_annual' = 'price_starter_monthly') => {
  const world = createCase()
  const story = createSubscriptionStory(world.account, { price, trial: false, payAtOnce: true })
  world.deliverNew()
  return { world, story }
}

describe('acceptance: what is paid for', () => {
  it('case 6: invoice.paid delivered three times pays for one period', () => {
    const { world, story } = bought()
    const paid = world.account.events.find((e) => e.type === 'invoice.paid') as StripeEvent
    const before = world.licenseOf(story.id)?.validThrough
    world.deliver([
      { ...paid, id: 'evt_x1' },
      { ...paid, id: 'evt_x2' },
      { ...paid, id: 'evt_x3' },
    ])
    expect(world.licenseOf(story.id)?.validThrough).toBe(before)
    expect(before).toBe(T0 + 30 * DAY + SLACK)
  })

  it('case 7: an invoice for a change within the period extends nothing beyond it', () => {
    const { world, story } = bought('price_business_annual')
    const before = world.licenseOf(story.id)?.validThrough
    world.account.advance(DAY)
    story.actions.changePrice('price_pro_monthly')
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ validThrough: before, terms: { tier: 'pro' } })
  })

  it('case 8: the zero invoice of a trial grants the trial and not a day more', () => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, {
      price: 'price_pro_monthly',
      trial: true,
      payAtOnce: false,
    })
    world.deliverNew()
    const license = world.licenseOf(story.id)
    expect(license).toMatchObject({
      granted: true,
      trialEndsAt: T0 + 14 * DAY,
      validThrough: T0 + 14 * DAY + SLACK,
    })
    expect(world.codeAt(license, T0 + 13 * DAY)).toBe('VALID')
    expect(world.codeAt(license, T0 + 16 * DAY)).toBe('EXPIRED')
  })

  it('case 9: a renewal that is charged 70 minutes after the period ended never blinks', () => {
    const { world, story } = bought()
    const end = T0 + 30 * DAY
    const license = world.licenseOf(story.id)
    for (const minute of [0, 1, 30, 69, 70]) expect(world.statusAt(license, end + minute * 60)).toBe('active')
    world.account.advance(30 * DAY + 70 * 60)
    story.actions.renew()
    world.deliverNew()
    expect(world.licenseOf(story.id)?.validThrough).toBe(T0 + 60 * DAY + SLACK)
    expect(world.told(license?.id ?? '')).toEqual(['license.issued', 'license.renewed'])
  })

  it('case 13: unpaid suspends, and paying brings the same license back', () => {
    const { world, story } = bought()
    world.account.advance(30 * DAY)
    story.actions.renewAndFail()
    world.account.advance(20 * DAY)
    story.actions.giveUpDunning()
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'suspended', reason: 'unpaid' })
    world.account.advance(DAY)
    story.actions.recover()
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({
      billing: 'active',
      reason: null,
      terms: { tier: 'starter' },
    })
  })

  it('case 30: monthly to annual in mid-period is valid for the year', () => {
    const { world, story } = bought()
    world.account.advance(10 * DAY)
    const changed = world.account.now()
    story.actions.changePrice('price_business_annual')
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({
      validThrough: changed + 365 * DAY + SLACK,
      terms: { tier: 'business' },
    })
  })

  it.each([
    ['31 January', '2027-01-31T12:00:00Z', '2027-02-28T12:00:00Z'],
    ['29 February', '2028-02-29T12:00:00Z', '2029-02-28T12:00:00Z'],
  ])('case 31: a period that starts on %s ends when its invoice line says', (_name, start, end) => {
    const at = (iso: string): number => Date.parse(iso) / 1000
    const world = createCase(at(start))
    const story = createSubscriptionStory(world.account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    const events = structuredClone(world.account.events) as StripeEvent[]
    for (const { data } of events) {
      const lines = (data.object.lines as { data: { period: { end: number } }[] } | undefined)?.data ?? []
      for (const line of lines) line.period.end = at(end)
      const items = (data.object.items as { data: { current_period_end: number }[] } | undefined)?.data ?? []
      for (const item of items) item.current_period_end = at(end)
    }
    world.deliver(events)
    expect(world.licenseOf(story.id)?.validThrough).toBe(at(end) + SLACK)
  })
})
