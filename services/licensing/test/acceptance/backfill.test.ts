import { describe, expect, it } from '@jest/globals'
import { createLicenseKeys } from '../../src/adapters/crypto-license-keys.ts'
import { answerNeeds, createMemoryFold, digestOf, factsOf } from '../history/fold-in-memory.ts'
import type { StripeEvent } from '../history/stripe-account.ts'
import { createSubscriptionStory } from '../history/subscription-story.ts'
import { createCase, DAY } from './case-world.ts'

/** Eight buyers to whom something happens every day, before, during and after an outage of four days. */
const eightDays = () => {
  const world = createCase()
  const stories = Array.from({ length: 8 }, (_, at) =>
    createSubscriptionStory(world.account, {
      price: at % 2 === 0 ? 'price_starter_monthly' : 'price_pro_monthly',
      trial: at === 5,
      payAtOnce: at !== 3,
    }),
  )
  for (let day = 0; day < 8; day += 1) {
    world.account.advance(DAY)
    const story = stories[day]
    story?.actions.changeQuantity(2 + day)
    if (day === 3) story?.actions.confirmFirst()
    if (day === 4) story?.actions.cancel()
    if (day === 5) stories[0]?.actions.changePrice('price_business_annual')
    if (day === 6) stories[1]?.actions.togglePause()
  }
  return world
}

const fold = (world: ReturnType<typeof createCase>, events: readonly StripeEvent[]) => {
  const memory = createMemoryFold()
  for (const event of events)
    memory.fold([{ id: event.id, facts: factsOf(event) }], world.account.now() * 1000)
  answerNeeds(memory, world.account.objects, world.account.now() + 1)
  return memory
}

describe('acceptance: what was missed is made up for', () => {
  it('case 39: four days without Stripe, then a backfill, end in the digest of an uninterrupted run', () => {
    const world = eightDays()
    const { events } = world.account
    const start = events[0]?.created ?? 0
    const isMissed = ({ created }: StripeEvent) => created > start + 2 * DAY && created <= start + 6 * DAY
    const missed = events.filter(isMissed)
    const heard = events.filter((event) => !isMissed(event))
    expect(missed.length).toBeGreaterThan(4)
    // Stripe's list is read newest first, page by page.
    const backfilled = fold(world, [...heard, ...missed.toReversed()])
    expect(digestOf(backfilled)).toBe(digestOf(fold(world, events)))
    expect(digestOf(fold(world, heard))).not.toBe(digestOf(fold(world, events)))
  })

  it('case 41: a rebuild from nothing gives every license the key that it had', () => {
    const world = eightDays()
    const keys = createLicenseKeys('an issuer secret for tests, 32 characters or more')
    const keysOf = (memory: ReturnType<typeof createMemoryFold>) =>
      [...memory.licenses.values()]
        .map(({ id, keyVersion }) => `${id} ${keys.issue(id, keyVersion).text}`)
        .sort()
    const first = fold(world, world.account.events)
    const again = fold(world, world.account.events)
    expect(keysOf(again)).toEqual(keysOf(first))
    expect(new Set(keysOf(first)).size).toBe(8)
  })
})
