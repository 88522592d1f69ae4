import fc from 'fast-check'
import { createStripeAccount, type StripeAccount } from './stripe-account.ts'
import { createSubscriptionStory, PRICES, type SubscriptionStory } from './subscription-story.ts'

/** One thing that somebody does, and how many seconds after the one before. */
export interface Step {
  readonly afterSeconds: number
  readonly act: (story: SubscriptionStory) => void
  readonly label: string
}

const step = (label: string, act: (story: SubscriptionStory) => void) => ({ label, act })

const action = fc.oneof(
  { arbitrary: fc.constant(step('confirm first', (s) => s.actions.confirmFirst())), weight: 3 },
  { arbitrary: fc.constant(step('give up first', (s) => s.actions.giveUpFirst())), weight: 1 },
  { arbitrary: fc.constant(step('renew', (s) => s.actions.renew())), weight: 4 },
  { arbitrary: fc.constant(step('renew and fail', (s) => s.actions.renewAndFail())), weight: 3 },
  { arbitrary: fc.constant(step('give up dunning', (s) => s.actions.giveUpDunning())), weight: 1 },
  { arbitrary: fc.constant(step('recover', (s) => s.actions.recover())), weight: 3 },
  {
    arbitrary: fc.constantFrom(...PRICES).map((p) => step(`price ${p}`, (s) => s.actions.changePrice(p))),
    weight: 4,
  },
  {
    arbitrary: fc
      .integer({ min: 1, max: 4 })
      .map((q) => step(`quantity ${q}`, (s) => s.actions.changeQuantity(q))),
    weight: 2,
  },
  {
    arbitrary: fc.boolean().map((f) => step(`toggle cancel ${f}`, (s) => s.actions.toggleCancel(f))),
    weight: 3,
  },
  {
    arbitrary: fc
      .constantFrom(...PRICES)
      .map((p) => step(`toggle schedule ${p}`, (s) => s.actions.toggleSchedule(p))),
    weight: 1,
  },
  {
    arbitrary: fc
      .constantFrom(...PRICES)
      .map((p) => step(`toggle pending ${p}`, (s) => s.actions.togglePending(p))),
    weight: 1,
  },
  { arbitrary: fc.constant(step('toggle pause', (s) => s.actions.togglePause())), weight: 2 },
  { arbitrary: fc.constant(step('cancel', (s) => s.actions.cancel())), weight: 1 },
  {
    arbitrary: fc
      .constantFrom('full' as const, 'part' as const)
      .map((a) => step(`refund ${a}`, (s) => s.actions.refundLast(a))),
    weight: 2,
  },
  { arbitrary: fc.constant(step('dispute', (s) => s.actions.dispute())), weight: 1 },
  {
    arbitrary: fc
      .constantFrom('won' as const, 'lost' as const)
      .map((o) => step(`dispute ${o}`, (s) => s.actions.closeDispute(o))),
    weight: 1,
  },
)

/** Gaps are often zero: Stripe's clock has whole seconds, and ties are where systems break. */
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc
    .record({
      chosen: action,
      afterSeconds: fc.oneof(
        fc.constant(0),
        fc.constant(0),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 60, max: 40 * 86_400 }),
      ),
    })
    .map(({ chosen, afterSeconds }) => ({ ...chosen, afterSeconds })),
  // The default size hides rare interleavings (they survive thousands of runs).
  { maxLength: 12, size: 'max' },
)

export interface History {
  readonly account: StripeAccount
  readonly stories: readonly SubscriptionStory[]
  readonly told: string
}

export const START = 1_790_000_000

/** Random lives of one or two subscriptions of an account, told by the events that Stripe would send. */
export const historiesOf = (name: string): fc.Arbitrary<History> =>
  fc
    .array(
      fc.record({
        price: fc.constantFrom(...PRICES),
        trial: fc.boolean(),
        payAtOnce: fc.boolean(),
        comesBack: fc.boolean(),
        steps,
      }),
      { minLength: 1, maxLength: 2 },
    )
    .map((plans) => {
      const account = createStripeAccount(name, START)
      const told: string[] = []
      const stories: SubscriptionStory[] = []
      for (const plan of plans) {
        const earlier = stories.at(-1)
        const story = createSubscriptionStory(account, {
          ...plan,
          ...(plan.comesBack && earlier !== undefined ? { customer: earlier.customer } : {}),
        })
        told.push(`${story.customer} ${plan.price} trial=${plan.trial} paid=${plan.payAtOnce}`)
        for (const one of plan.steps) {
          account.advance(one.afterSeconds)
          one.act(story)
          told.push(`+${one.afterSeconds}s ${one.label}`)
        }
        account.advance(5)
        stories.push(story)
      }
      return { account, stories, told: told.join('; ') }
    })

export const histories = historiesOf('h')

/** A permutation with duplicates, cut into batches: what a log may deliver. */
export const deliveries = (count: number): fc.Arbitrary<readonly (readonly number[])[]> =>
  fc
    .record({
      order: fc.shuffledSubarray(
        Array.from({ length: count }, (_, i) => i),
        { minLength: count, maxLength: count },
      ),
      repeats: fc.array(fc.nat({ max: Math.max(0, count - 1) }), { maxLength: 5 }),
      size: fc.integer({ min: 1, max: 7 }),
    })
    .map(({ order, repeats, size }) => {
      const all = [...order, ...repeats]
      const batches: number[][] = []
      for (let at = 0; at < all.length; at += size) batches.push(all.slice(at, at + size))
      return batches
    })
