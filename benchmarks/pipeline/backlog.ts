import { HEADER, scopedId, TOPICS } from '@keyflow/contracts'
import { createKafka, createLogger, createPublisher } from '@keyflow/runtime'
import {
  createStripeAccount,
  createSubscriptionStory,
  type StripeEvent,
} from '../../services/licensing/test/history/stripe-account.ts'

const START = 1_790_000_000
const EVENT_BYTES = 3000

/** Lives of `count` buyers: purchase, renewal, plan change; only events that a license depends on. */
export const buyers = (
  prefix: string,
  count: number,
): readonly { key: string; events: readonly StripeEvent[] }[] =>
  Array.from({ length: count }, (_, index) => {
    const account = createStripeAccount(`${prefix}${index}x`, START + index)
    const story = createSubscriptionStory(account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    account.advance(86_400)
    story.actions.changePrice('price_pro_monthly')
    account.advance(20 * 86_400)
    story.actions.renew()
    const events = account.events.filter((event) => event.type !== 'customer.created')
    return { key: scopedId({ account: 'platform', livemode: true }, story.customer), events }
  })

/** Events as they interleave on a busy day: every buyer's own order, buyers mixed. */
const interleave = (all: ReturnType<typeof buyers>) => {
  const longest = Math.max(...all.map(({ events }) => events.length))
  return Array.from({ length: longest }, (_, at) =>
    all.flatMap(({ key, events }) => (events[at] === undefined ? [] : [{ key, event: events[at] }])),
  ).flat()
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
