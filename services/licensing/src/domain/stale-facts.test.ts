import { describe, expect, it } from '@jest/globals'
import { factsOf } from '../../test/history/fold-in-memory.ts'
import { createStripeAccount } from '../../test/history/stripe-account.ts'
import { createSubscriptionStory } from '../../test/history/subscription-story.ts'
import { mergeAll } from './fold.ts'
import { NO_FACTS } from './ledger-facts.ts'
import { staleFacts } from './stale-facts.ts'

const lifeOf = () => {
  const account = createStripeAccount('s', 1_790_000_000)
  const story = createSubscriptionStory(account, {
    price: 'price_pro_monthly',
    trial: false,
    payAtOnce: false,
  })
  account.advance(60)
  story.actions.confirmFirst()
  account.advance(60)
  story.actions.cancel()
  return account.events.flatMap(factsOf)
}

describe('stale facts', () => {
  it('are none when a life is told in order', () => {
    expect(staleFacts(NO_FACTS, lifeOf())).toEqual([])
  })

  it('are counted when they come after what ends them, in one batch or over several', () => {
    const facts = lifeOf()
    const backwards = [...facts].reverse()
    const expected = [
      { from: 'canceled', to: 'active' },
      { from: 'canceled', to: 'incomplete' },
    ]
    expect(staleFacts(NO_FACTS, backwards)).toEqual(expected)
    const [last, ...earlier] = backwards.filter((fact) => fact.kind === 'subscription')
    const known = mergeAll(NO_FACTS, last === undefined ? [] : [last])
    expect(staleFacts(known, earlier)).toEqual(expected)
  })
})
