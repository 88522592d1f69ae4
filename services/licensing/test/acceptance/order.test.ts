import { describe, expect, it } from '@jest/globals'
import type { StripeEvent } from '../history/stripe-account.ts'
import { createSubscriptionStory } from '../history/subscription-story.ts'
import { createCase, DAY } from './case-world.ts'
import { toPreBasil } from './pre-basil.ts'

const bought = () => {
  const world = createCase()
  const story = createSubscriptionStory(world.account, {
    price: 'price_starter_monthly',
    trial: false,
    payAtOnce: true,
  })
  return { world, story }
}

describe('acceptance: order and repetition', () => {
  it('case 1: an update that arrives before the creation is not undone by it', () => {
    const { world, story } = bought()
    world.account.advance(5)
    story.actions.changePrice('price_pro_monthly')
    world.deliver([...world.account.events].reverse())
    expect(world.licenseOf(story.id)?.terms.tier).toBe('pro')
    expect(
      world.told(world.licenseOf(story.id)?.id ?? '').filter((t) => t === 'license.issued'),
    ).toHaveLength(1)
  })

  it.each([false, true])(
    'case 2: two updates within one second end as Stripe made them (reversed: %s)',
    (reversed) => {
      const { world, story } = bought()
      world.deliverNew()
      world.account.advance(60)
      const mark = world.mark()
      story.actions.changeQuantity(3)
      story.actions.changePrice('price_pro_monthly')
      const events = [...world.since(mark)]
      world.deliver(reversed ? events.reverse() : events)
      expect(world.licenseOf(story.id)).toMatchObject({ quantity: 3, terms: { tier: 'pro' } })
      expect(world.memory.needs()).toEqual([])
    },
  )

  it('case 3: a stale redelivery after a newer state changes nothing and tells nothing', () => {
    const { world, story } = bought()
    world.account.advance(60)
    story.actions.changePrice('price_pro_monthly')
    world.deliverNew()
    const told = world.memory.told.length
    const stale = world.account.events.find((e) => e.type === 'customer.subscription.created') as StripeEvent
    world.deliver([{ ...stale, id: 'evt_again' }])
    expect(world.licenseOf(story.id)?.terms.tier).toBe('pro')
    expect(world.memory.told).toHaveLength(told)
  })

  it('case 5: two events with different ids for one change are one change', () => {
    const { world, story } = bought()
    world.account.advance(60)
    story.actions.changePrice('price_pro_monthly')
    const change = world.account.events.findLast(
      (e) => e.type === 'customer.subscription.updated',
    ) as StripeEvent
    world.deliverNew()
    world.deliver([{ ...change, id: 'evt_of_another_endpoint' }])
    const told = world.told(world.licenseOf(story.id)?.id ?? '')
    expect(told.filter((t) => t === 'license.tier_changed')).toHaveLength(1)
  })

  it('case 37: payloads from before basil and after it, mixed in one history, mean the same', () => {
    const plain = bought()
    plain.world.account.advance(31 * DAY)
    plain.story.actions.renew()
    plain.world.deliverNew()
    const mixed = createCase()
    mixed.deliver(plain.world.account.events.map((event, at) => (at % 2 === 0 ? toPreBasil(event) : event)))
    expect(mixed.licenseOf(plain.story.id)).toMatchObject({
      billing: 'active',
      validThrough: plain.world.licenseOf(plain.story.id)?.validThrough,
      terms: { tier: 'starter' },
    })
  })

  it('case 45: a dispute that names no customer finds the license that its charge paid for', () => {
    const { world, story } = bought()
    world.deliverNew()
    story.actions.dispute()
    const dispute = world.account.events.at(-1) as StripeEvent
    expect(dispute.data.object.customer).toBeUndefined()
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'suspended', reason: 'dispute_open' })
    expect(world.memory.ledgers.size).toBe(1)
  })
})
