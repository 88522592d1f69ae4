import { describe, expect, it } from '@jest/globals'
import { createSubscriptionStory, type PriceId } from '../history/subscription-story.ts'
import { createCase, DAY, T0 } from './case-world.ts'

const bought = (price: PriceId = 'price_pro_monthly') => {
  const world = createCase()
  const story = createSubscriptionStory(world.account, { price, trial: false, payAtOnce: true })
  world.deliverNew()
  return { world, story }
}

describe("acceptance: a subscription's life", () => {
  it('case 14: pause_collection suspends while the status stays active, and lifting it reinstates', () => {
    const { world, story } = bought()
    world.account.advance(DAY)
    story.actions.togglePause()
    world.deliverNew()
    expect(story.subscription.status).toBe('active')
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'suspended', reason: 'paused' })
    world.account.advance(DAY)
    story.actions.togglePause()
    world.deliverNew()
    expect(world.licenseOf(story.id)?.billing).toBe('active')
  })

  it.each([
    ['pause', { status: 'paused' }, { billing: 'suspended', reason: 'paused' }],
    ['cancel', { status: 'canceled', ended_at: T0 + 14 * DAY }, { billing: 'revoked', reason: 'canceled' }],
    ['create_invoice', { status: 'past_due' }, { billing: 'grace', reason: 'payment_failed' }],
  ])('case 15: a trial that ends without a card follows the setting %s', (_setting, changes, expected) => {
    const world = createCase()
    const story = createSubscriptionStory(world.account, {
      price: 'price_pro_monthly',
      trial: true,
      payAtOnce: false,
    })
    world.account.advance(14 * DAY)
    world.account.update('customer.subscription.updated', story.subscription, changes)
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ ...expected, granted: true })
  })

  it.each([false, true])(
    'case 16: a scheduled cancellation is one timestamp and can be undone (by flag: %s)',
    (byFlag) => {
      const { world, story } = bought()
      const end = T0 + 30 * DAY
      world.account.advance(DAY)
      story.actions.toggleCancel(byFlag)
      world.deliverNew()
      expect(world.licenseOf(story.id)).toMatchObject({ billing: 'active', cancelAt: end, validThrough: end })
      world.account.advance(DAY)
      story.actions.toggleCancel(byFlag)
      world.deliverNew()
      expect(world.licenseOf(story.id)).toMatchObject({ cancelAt: null, validThrough: end + DAY })
      expect(world.told(world.licenseOf(story.id)?.id ?? '')).toEqual([
        'license.issued',
        'license.cancel_scheduled',
        'license.cancel_unscheduled',
      ])
    },
  )

  it('case 17: canceling one of two subscriptions leaves the other alone', () => {
    const { world, story } = bought()
    const other = createSubscriptionStory(world.account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
      customer: story.customer,
    })
    world.account.advance(DAY)
    story.actions.cancel()
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({ billing: 'revoked', reason: 'canceled' })
    expect(world.licenseOf(other.id)).toMatchObject({ billing: 'active' })
  })

  it('case 28: an unknown price holds the last known good terms, and grants nothing to a new buyer', () => {
    const { world, story } = bought()
    world.account.advance(DAY)
    story.actions.changePrice('price_from_the_future' as PriceId)
    world.deliverNew()
    expect(world.licenseOf(story.id)).toMatchObject({
      billing: 'active',
      terms: { tier: 'pro', maxDomains: 10 },
    })
    const fresh = createSubscriptionStory(world.account, {
      price: 'price_from_the_future' as PriceId,
      trial: false,
      payAtOnce: true,
    })
    world.deliverNew()
    expect(world.licenseOf(fresh.id)).toBeUndefined()
  })

  it('case 34: a new address and then a cancellation end the one license', () => {
    const { world, story } = bought()
    world.account.update(
      'customer.updated',
      { id: story.customer, object: 'customer', email: 'a@example.test' },
      { email: 'b@example.test' },
    )
    story.actions.cancel()
    world.deliverNew()
    expect(world.all()).toHaveLength(1)
    expect(world.licenseOf(story.id)?.billing).toBe('revoked')
  })

  it('case 35: a deleted customer ends with the subscriptions that Stripe cancels', () => {
    const { world, story } = bought()
    world.account.emit('customer.deleted', { id: story.customer, object: 'customer', deleted: true })
    story.actions.cancel()
    world.deliverNew()
    expect(world.licenseOf(story.id)?.billing).toBe('revoked')
  })

  it('case 36: the same ids in test mode and in live mode are two licenses that never meet', () => {
    const { world, story } = bought()
    const live = world.licenseOf(story.id)
    world.deliver(
      world.account.events.map((event) => ({ ...event, id: `${event.id}_test`, livemode: false })),
    )
    const both = [...world.memory.licenses.values()]
    expect(both.map((l) => l.scope.livemode).sort()).toEqual([false, true])
    expect(new Set(both.map((l) => l.id)).size).toBe(2)
    expect(world.memory.licenses.get(live?.id ?? '')?.version).toBe(live?.version)
  })

  it('an item that leaves the subscription ends its license', () => {
    const { world, story } = bought()
    world.account.advance(DAY)
    const items = story.subscription.items as { data: object[] }
    const second = {
      ...items.data[0],
      id: 'si_second',
      price: { id: 'price_starter_monthly', object: 'price', product: 'p', lookup_key: null },
    }
    world.account.update('customer.subscription.updated', story.subscription, {
      items: { ...items, data: [...items.data, second] },
    })
    world.account.advance(DAY)
    world.account.update('customer.subscription.updated', story.subscription, { items })
    world.deliverNew()
    const gone = world
      .all()
      .find((l) => l.origin.kind === 'subscription_item' && l.origin.item === 'si_second')
    expect(gone).toMatchObject({ billing: 'ended', reason: 'item_removed', terms: { tier: 'starter' } })
    expect(world.all().filter((l) => l.billing === 'active')).toHaveLength(1)
  })

  it.each(['revoke', 'expire', 'free_tier', 'perpetual'] as const)(
    'whoever comes back within the window keeps license and key, whichever event is seen first (%s)',
    (ended) => {
      for (const reversed of [false, true]) {
        const world = createCase(T0, { ended })
        const first = createSubscriptionStory(world.account, {
          price: 'price_pro_monthly',
          trial: false,
          payAtOnce: true,
        })
        world.account.advance(DAY)
        first.actions.cancel()
        world.account.advance(20 * DAY)
        const second = createSubscriptionStory(world.account, {
          price: 'price_starter_monthly',
          trial: false,
          payAtOnce: true,
          customer: first.customer,
        })
        world.deliver(reversed ? [...world.account.events].reverse() : world.account.events)
        expect(world.all()).toHaveLength(1)
        expect(world.licenseOf(second.id)).toMatchObject({ billing: 'active', terms: { tier: 'starter' } })
        expect(
          world.memory.told.filter(
            (t) => t.license === world.all()[0]?.id && t.change.type === 'license.issued',
          ),
        ).toHaveLength(1)
      }
    },
  )

  it('a license that was continued for a while is itself again when the one before turns out to be revoked', () => {
    // Found by the law of any order: the dispute of the first subscription is learned last, after the second had been
    // taken for its continuation. Its own license, already issued, must answer for itself again.
    const world = createCase()
    const first = createSubscriptionStory(world.account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    world.account.advance(DAY)
    first.actions.dispute()
    first.actions.closeDispute('lost')
    world.account.advance(DAY)
    first.actions.cancel()
    world.account.advance(DAY)
    const mark = world.mark()
    const second = createSubscriptionStory(world.account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
      customer: first.customer,
    })
    const { events } = world.account
    const isDispute = (type: string): boolean => type.startsWith('charge.dispute')
    world.deliver(events.slice(mark))
    world.deliver(events.slice(0, mark).filter((e) => !isDispute(e.type)))
    expect(world.all()).toHaveLength(1)
    world.deliver(events.filter((e) => isDispute(e.type)))
    expect(world.licenseOf(first.id)).toMatchObject({ billing: 'revoked', reason: 'dispute_lost' })
    expect(world.licenseOf(second.id)).toMatchObject({ billing: 'active', supersededBy: null })
  })
})
