import { TOPICS } from '@keyflow/contracts'
import {
  createKafka,
  createLogger,
  createPublisher,
  kafkaConnection,
  type OutgoingRecord,
} from '@keyflow/runtime'
import { kafkaSettings } from '../session/kafka-settings.ts'
import type { Session } from '../session/session.ts'
import { existingSubscriptions, toRecords } from './import-subscriptions.ts'
import { askingStripe, type StripeSession } from './stripe-session.ts'

/** Appends what is there already to the log, like any other answer of Stripe's: there is no second way to write. */
export const importExisting = async (
  session: Session,
  { client, livemode, skewSeconds }: StripeSession,
  options: { readonly dryRun?: boolean | undefined; readonly yes?: boolean | undefined },
) => {
  const { prefix, ...config } = session.config(kafkaSettings)
  const topic = `${prefix}${TOPICS.stripeSnapshots.name}`
  const { subscriptions, byStatus } = await askingStripe(() => countExisting(session, client))
  const words = Object.entries(byStatus).map(([status, count]) => `${count} ${status}`)
  session.say(`Import: ${subscriptions} subscriptions (${words.join(', ') || 'none'}).`)
  if (options.dryRun === true || subscriptions === 0) return { subscriptions, byStatus, appended: 0 }
  session.say(
    '  Whoever has paid gets a license, and its key by mail, as if the purchase were new to Keyflow.',
  )
  await session.confirm(`Append them and their customers to ${topic}?`, options.yes)
  const logger = createLogger({ service: 'keyflow', level: 'silent' })
  const publisher = await createPublisher({
    kafka: createKafka({ clientId: 'keyflow-cli', ...kafkaConnection(config), logger }),
  })
  const progress = session.progress('Appending', 'subscriptions')
  let appended = 0
  let done = 0
  const append = async (records: OutgoingRecord[]): Promise<void> => {
    await publisher.publishAll(records)
    appended += records.length
    progress.update(done, subscriptions)
  }
  try {
    let batch: OutgoingRecord[] = []
    await askingStripe(async () => {
      for await (const existing of existingSubscriptions(client)) {
        session.signal.throwIfAborted()
        // By Stripe's clock: a snapshot from a clock that is ahead would outrank the events that follow.
        const askedAt = Math.floor(Date.now() / 1000) + (skewSeconds() ?? 0)
        batch.push(...toRecords(topic, livemode, existing, askedAt))
        done += 1
        if (batch.length < RECORDS_AT_ONCE) continue
        await append(batch)
        batch = []
      }
    })
    await append(batch)
  } finally {
    progress.end()
    await publisher.close()
  }
  session.say(`  ${appended} records are in the log.`)
  return { subscriptions, byStatus, appended }
}

const RECORDS_AT_ONCE = 200

const countExisting = async (session: Session, client: StripeSession['client']) => {
  const byStatus: Record<string, number> = {}
  const progress = session.progress('Reading', 'subscriptions')
  let subscriptions = 0
  try {
    for await (const { subscription } of existingSubscriptions(client)) {
      session.signal.throwIfAborted()
      subscriptions += 1
      byStatus[subscription.status] = (byStatus[subscription.status] ?? 0) + 1
      progress.update(subscriptions)
    }
  } finally {
    progress.end()
  }
  return { subscriptions, byStatus }
}
