import { judge } from '@keyflow/client/protocol'
import type { Policy } from '../../src/domain/derived-license.ts'
import { toJudged } from '../../src/domain/judged-license.ts'
import { statusAt } from '../../src/domain/license.ts'
import { answerNeeds, createMemoryFold, factsOf, type MemoryFold, RULES } from '../history/fold-in-memory.ts'
import { createStripeAccount, type StripeEvent } from '../history/stripe-account.ts'

export const T0 = 1_790_000_000
export const DAY = 86_400

/** An account whose events can be delivered in any way, and the licenses that they lead to. */
export const createCase = (startAt = T0, policy: Partial<Policy> = {}) => {
  const account = createStripeAccount('c', startAt)
  const memory: MemoryFold = createMemoryFold({ ...RULES, policy: { ...RULES.policy, ...policy } })
  let delivered = 0
  const deliver = (events: readonly StripeEvent[]): void => {
    for (const event of events) memory.fold([{ id: event.id, facts: factsOf(event) }], account.now() * 1000)
  }
  return {
    account,
    memory,
    deliver,
    /** Delivers what has not been delivered yet, in order. */
    deliverNew: (): void => {
      deliver(account.events.slice(delivered))
      delivered = account.events.length
    },
    /** What came since a mark, not delivered. */
    since: (mark: number): readonly StripeEvent[] => account.events.slice(mark),
    mark: (): number => account.events.length,
    answer: (): number => answerNeeds(memory, account.objects, account.now() + 1),
    licenseOf: (subscription: string) =>
      [...memory.licenses.values()].find(
        (l) =>
          l.supersededBy === null &&
          l.origin.kind === 'subscription_item' &&
          l.origin.subscription === subscription,
      ),
    all: () => [...memory.licenses.values()].filter((l) => l.supersededBy === null),
    told: (license: string) => memory.told.filter((t) => t.license === license).map((t) => t.change.type),
    statusAt: (license: Parameters<typeof statusAt>[0] | undefined, at: number) =>
      license === undefined ? 'none' : statusAt(license, at),
    codeAt: (license: Parameters<typeof toJudged>[0] | undefined, at: number) =>
      judge(license === undefined ? null : toJudged(license), {}, at).code,
  }
}
export type CaseWorld = ReturnType<typeof createCase>
