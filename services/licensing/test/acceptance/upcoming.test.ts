import { describe, expect, it } from '@jest/globals'
import { NO_FACTS } from '../../src/domain/ledger-facts.ts'
import { paidPeriodsOf } from '../../src/domain/paid-periods.ts'
import { createSubscriptionStory } from '../history/subscription-story.ts'
import { createCase, DAY, T0 } from './case-world.ts'

const pro = { price: 'price_pro_monthly', trial: false, payAtOnce: true } as const

describe('changes that are arranged', () => {
  it('a scheduled downgrade is told with its day, grants nothing, and takes effect when Stripe says so', () => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, pro)
    world.deliverNew()
    world.account.advance(DAY)
    story.actions.toggleSchedule('price_starter_monthly')
    world.deliverNew()
    const scheduled = world.licenseOf(story.id)
    expect(scheduled).toMatchObject({
      terms: { tier: 'pro' },
      upcoming: { kind: 'scheduled', at: T0 + 30 * DAY, tier: 'starter', quantity: 1 },
    })
    expect(world.told(scheduled?.id ?? '')).toEqual(['license.issued', 'license.updated'])

    story.actions.toggleSchedule('price_starter_monthly')
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ terms: { tier: 'pro' }, upcoming: null })
  })

  it('an upgrade that waits for its payment grants nothing until it is applied', () => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, { ...pro, price: 'price_starter_monthly' })
    story.actions.togglePending('price_pro_monthly')
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({
      terms: { tier: 'starter' },
      upcoming: { kind: 'awaiting_payment', at: T0 + 82_800, tier: 'pro' },
    })
    world.account.advance(DAY)
    story.actions.togglePending('price_pro_monthly')
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ terms: { tier: 'starter' }, upcoming: null })
  })

  it('a price that nobody knows is told as coming, without a tier', () => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, pro)
    story.actions.toggleSchedule('price_of_tomorrow' as 'price_pro_monthly')
    world.deliverNew()
    expect(world.licenseOf(story.id)?.upcoming).toMatchObject({ tier: null, price: 'price_of_tomorrow' })
  })
})

describe('an invoice with more lines than a webhook holds', () => {
  it('is read whole before it is said what it pays for', () => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, { ...pro, price: 'price_business_annual' })
    // The fourth invoice has its subscription's line on the second page.
    for (const _ of [1, 2, 3]) story.actions.renew()
    world.deliverNew()
    const paidThrough = () =>
      paidPeriodsOf([...world.memory.ledgers.values()][0]?.facts ?? NO_FACTS, story.id)(story.item)
        .paidThrough
    expect(world.memory.needs()).toMatchObject([{ what: 'invoice' }])
    expect(paidThrough()).toBe(T0 + 3 * 365 * DAY)
    expect(world.answer()).toBe(1)
    expect(world.memory.needs()).toEqual([])
    expect(paidThrough()).toBe(T0 + 4 * 365 * DAY)
  })
})
