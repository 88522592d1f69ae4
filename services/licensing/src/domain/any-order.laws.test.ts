import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  answerNeeds,
  createMemoryFold,
  digestOf,
  factsOf,
  type MemoryFold,
  RULES,
  snapshotAll,
} from '../../test/history/fold-in-memory.ts'
import { deliveries, type History, histories, START } from '../../test/history/generate-history.ts'
import { type CatalogHistory, followedBy } from './catalog-history.ts'
import type { FoldRules } from './fold.ts'
import { summarize } from './license.ts'

const RUNS = Number(process.env.LAW_RUNS ?? 2000)
const LATER = 2_000_000_000

const foldInOrder = (history: History, rules = RULES): MemoryFold => {
  const memory = createMemoryFold(rules)
  for (const event of history.account.events)
    memory.fold([{ id: event.id, facts: factsOf(event) }], event.created * 1000)
  answerNeeds(memory, history.account.objects, LATER)
  return memory
}

const foldDelivery = (
  history: History,
  batches: readonly (readonly number[])[],
  rules = RULES,
): MemoryFold => {
  const { events, objects } = history.account
  const memory = createMemoryFold(rules)
  const now = (events.at(-1) as { created: number }).created * 1000
  for (const batch of batches)
    memory.fold(
      batch
        .map((index) => events[index] as (typeof events)[number])
        .map((event) => ({ id: event.id, facts: factsOf(event) })),
      now,
    )
  answerNeeds(memory, objects, LATER)
  return memory
}

const withDelivery = histories.chain((history) =>
  deliveries(history.account.events.length).map((batches) => ({ history, batches })),
)

/** Each of what the end of a subscription may leave. */
const endings = fc
  .constantFrom('revoke', 'expire', 'free_tier', 'perpetual')
  .map((ended): FoldRules => ({ ...RULES, policy: { ...RULES.policy, ended } }))

/** The catalog moves prices and tiers while the history goes on, now with grandfathering and now without. */
const changingCatalog: FoldRules = (() => {
  const [first] = RULES.catalogs
  const { content } = first
  const moved = (tier: string) => ({
    ...content,
    prices: { ...content.prices, price_starter_monthly: { tier, product: 'app' } },
  })
  const versions = [
    { at: START + 1, content: moved('pro'), existing: { prices: 'keep', tiers: 'follow' } },
    {
      at: START + 86_400,
      content: { ...content, tiers: { ...content.tiers, pro: { max_domains: 12 } } },
      existing: { prices: 'follow', tiers: 'keep' },
    },
    { at: START + 60 * 86_400, content: moved('business'), existing: { prices: 'keep', tiers: 'keep' } },
  ] as const
  const catalogs = versions.reduce<CatalogHistory>(
    (history, version, index) =>
      followedBy(history, {
        ...version,
        schemaVersion: 1,
        id: `cat_${index}`,
        version: index + 2,
        at: new Date(version.at * 1000).toISOString(),
        digest: '',
        source: 'api',
        restores: null,
        actor: 'a',
        reason: 'r',
      }) ?? history,
    RULES.catalogs,
  )
  return { ...RULES, catalogs }
})()

describe('any order of the same history', () => {
  it('pins every license to the same version of a catalog that changed meanwhile', () => {
    const pins = new Set<number>()
    fc.assert(
      fc.property(withDelivery, ({ history, batches }) => {
        const inOrder = foldInOrder(history, changingCatalog)
        for (const license of inOrder.licenses.values()) pins.add(license.pin.price)
        expect({
          told: history.told,
          digest: digestOf(foldDelivery(history, batches, changingCatalog)),
        }).toEqual({
          told: history.told,
          digest: digestOf(inOrder),
        })
      }),
      { numRuns: RUNS },
    )
    // A law about one version only would hold for a catalog without history.
    expect(pins.size).toBeGreaterThan(1)
  })

  it('ends in the same licenses, however it is permuted, repeated and batched', () => {
    fc.assert(
      fc.property(withDelivery, endings, ({ history, batches }, rules) => {
        const delivered = foldDelivery(history, batches, rules)
        expect({ told: history.told, digest: digestOf(delivered) }).toEqual({
          told: history.told,
          digest: digestOf(foldInOrder(history, rules)),
        })
      }),
      { numRuns: RUNS },
    )
  })

  it('mails each key exactly once, and the last thing told is what the license is', () => {
    fc.assert(
      fc.property(withDelivery, ({ history, batches }) => {
        const memory = foldDelivery(history, batches)
        for (const license of memory.licenses.values()) {
          if (license.supersededBy !== null) continue
          const told = memory.told.filter((t) => t.license === license.id)
          const issued = told.filter((t) => t.change.type === 'license.issued')
          expect(issued).toHaveLength(license.granted ? 1 : 0)
          if (!license.granted) continue
          expect(told.map((t) => t.version)).toEqual(told.map((_, at) => at + 1))
          expect(told.at(-1)?.change.after).toEqual(summarize(license, Math.floor(license.updatedAt / 1000)))
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('ends in what Stripe itself says at the end', () => {
    fc.assert(
      fc.property(withDelivery, ({ history, batches }) => {
        const memory = foldDelivery(history, batches)
        for (const story of history.stories) {
          const license = [...memory.licenses.values()].find(
            (l) =>
              l.supersededBy === null &&
              l.origin.kind === 'subscription_item' &&
              l.origin.subscription === story.id,
          )
          // Continued by a later subscription of the same buyer: that one is looked at instead.
          if (
            license === undefined &&
            history.stories.some((other) => other !== story && other.customer === story.customer)
          )
            continue
          const items = story.subscription.items as { data: { price: { id: string }; quantity: number }[] }
          expect({ told: history.told, price: license?.price, quantity: license?.quantity }).toEqual({
            told: history.told,
            price: items.data[0]?.price.id,
            quantity: items.data[0]?.quantity,
          })
          if (story.subscription.status === 'canceled')
            expect(['ended', 'revoked']).toContain(license?.billing)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('ends in the same licenses when events never came and snapshots repair it', () => {
    fc.assert(
      fc.property(withDelivery, fc.infiniteStream(fc.boolean()), ({ history, batches }, lost) => {
        const kept = batches.map((batch) => batch.filter(() => lost.next().value === false))
        const repaired = foldDelivery(history, kept)
        snapshotAll(repaired, history.account.objects, LATER + 1)
        const complete = foldInOrder(history)
        snapshotAll(complete, history.account.objects, LATER + 1)
        expect({ told: history.told, digest: digestOf(repaired) }).toEqual({
          told: history.told,
          digest: digestOf(complete),
        })
      }),
      { numRuns: RUNS },
    )
  })
})
