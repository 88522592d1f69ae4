import { HEADER, scopedId, TOPICS } from '@keyflow/contracts'
import { createKafka, createLogger, createPublisher } from '@keyflow/runtime'
import {
  createStripeAccount,
  type StripeEvent,
} from '../../services/licensing/test/history/stripe-account.ts'
import { createSubscriptionStory } from '../../services/licensing/test/history/subscription-story.ts'

const START = 1_790_000_000
const EVENT_BYTES = 3000

interface Buyer {
  readonly key: string
  /** What one action of buyer or seller makes Stripe send, action by action; only events that a license depends on. */
  readonly actions: readonly (readonly StripeEvent[])[]
}

/** Lives of `count` buyers: a purchase, a plan change, a renewal. */
const buyers = (prefix: string, count: number): readonly Buyer[] =>
  Array.from({ length: count }, (_, index) => {
    const account = createStripeAccount(`${prefix}${index}x`, START + index)
    const actions: (readonly StripeEvent[])[] = []
    let seen = 0
    const cut = (): void => {
      actions.push(account.events.slice(seen).filter((event) => event.type !== 'customer.created'))
      seen = account.events.length
    }
    const story = createSubscriptionStory(account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    cut()
    account.advance(86_400)
    story.actions.changePrice('price_pro_monthly')
    cut()
    account.advance(20 * 86_400)
    story.actions.renew()
    cut()
    return { key: scopedId({ account: 'platform', livemode: true }, story.customer), actions }
  })

/** How many buyers act at the same time: their events mix, those of one action arrive within seconds. */
const AT_ONCE = 40

/** Events as they lie in a log: everybody's purchases, then the changes, then the renewals; those at once are mixed. */
const interleave = (all: readonly Buyer[]): readonly { key: string; event: StripeEvent }[] => {
  const actions = Math.max(...all.map((buyer) => buyer.actions.length))
  const log: { key: string; event: StripeEvent }[] = []
  for (let action = 0; action < actions; action += 1)
    for (let start = 0; start < all.length; start += AT_ONCE) {
      const group = all.slice(start, start + AT_ONCE)
      const longest = Math.max(...group.map((buyer) => buyer.actions[action]?.length ?? 0))
      for (let at = 0; at < longest; at += 1)
        for (const { key, actions: theirs } of group) {
          const event = theirs[action]?.[at]
          if (event !== undefined) log.push({ key, event })
        }
    }
  return log
}

/** Real payloads are about this large; the padding stands where Stripe's other fields would. */
const padded = (event: StripeEvent): string => {
  const bare = JSON.stringify(event)
  const padding = 'x'.repeat(Math.max(0, EVENT_BYTES - bare.length))
  return JSON.stringify({
    ...event,
    data: { ...event.data, object: { ...event.data.object, description: padding } },
  })
}

/** Writes the backlog; returns the number of events. */
export const writeBacklog = async (
  brokers: readonly string[],
  topicPrefix: string,
  count: number,
): Promise<number> => {
  const logger = createLogger({ service: 'bench', level: 'silent' })
  const kafka = createKafka({ clientId: 'bench-backlog', brokers, logger })
  const publisher = await createPublisher({ kafka, maxQueued: 1_000_000 })
  const records = interleave(buyers(topicPrefix.replaceAll(/\W/g, ''), count)).map(({ key, event }) => ({
    topic: `${topicPrefix}${TOPICS.stripeEvents.name}`,
    key,
    value: padded(event),
    headers: {
      [HEADER.id]: event.id + key,
      [HEADER.type]: `com.stripe.${event.type}`,
      [HEADER.receivedAt]: String(Date.now()),
    },
  }))
  for (let at = 0; at < records.length; at += 5000) await publisher.publishAll(records.slice(at, at + 5000))
  await publisher.close()
  return records.length
}
