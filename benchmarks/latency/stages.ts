import { HEADER, type LicenseEvent, TOPICS } from '@keyflow/contracts'
import { topicPrefix } from '../../test/e2e/service-settings.ts'
import type { World } from '../../test/e2e/world.ts'
import type { Purchase } from './purchases.ts'
import { readRecords } from './read-records.ts'
import type { Answers } from './send-purchases.ts'

/** The way of one purchase, Unix milliseconds, in this order. */
export interface Way {
  /** Ingest had read the decisive webhook whole. */
  readonly received: number
  /** Its record went into a produce request. */
  readonly produced: number
  /** Licensing's transaction began. */
  readonly decided: number
  /** The license event, committed, went into a produce request. */
  readonly published: number
  /** The notifier's transaction began. */
  readonly queued: number
  /** The relay asked for the content, and the ledger was told that it is being sent. */
  readonly sending: number
  /** The relay took the mail. */
  readonly mailed: number
  /** Ingest's answer had come back: beside the way. */
  readonly answered: number
}

/** From one point of the way to the next. */
export const STAGES: readonly (readonly [what: string, from: keyof Way, to: keyof Way])[] = [
  ['ingest: read -> in a produce request', 'received', 'produced'],
  ['Kafka, licensing gathers', 'produced', 'decided'],
  ['licensing: transaction, then publish', 'decided', 'published'],
  ['Kafka, notifier gathers', 'published', 'queued'],
  ['notifier: transaction, SMTP envelope', 'queued', 'sending'],
  ['notifier: "sending" committed, SMTP content', 'sending', 'mailed'],
]

interface MailRow {
  readonly licenseId: string
  readonly template: string
  readonly createdAt: Date
  readonly sendingAt: Date
}

/** Finds the way of every purchase in topics and ledger; throws when a purchase left no complete trail. */
export const readWays = async (
  brokers: readonly string[],
  world: World,
  purchases: readonly Purchase[],
  answers: Answers,
  mailedAt: ReadonlyMap<string, number>,
): Promise<readonly Way[]> => {
  const topic = (spec: { readonly name: string }): string => topicPrefix(world.name) + spec.name
  const webhooks = new Map(
    (await readRecords(brokers, topic(TOPICS.stripeEvents))).map((record) => [
      record.headers[HEADER.id],
      record,
    ]),
  )
  const licenses = new Map(
    (await readRecords(brokers, topic(TOPICS.licenseEvents)))
      .map((record) => ({ record, event: JSON.parse(record.value) as LicenseEvent }))
      .filter(({ event }) => event.type === 'license.issued')
      .map((issued) => [issued.event.subscription, issued]),
  )
  const rows = await world.audit.stores.notifier.db.collection<MailRow>('messages').find().toArray()
  const mails = new Map(rows.map((row) => [row.licenseId, row]))

  return purchases.map(({ email, subscription, decisive }) => {
    const webhook = webhooks.get(decisive)
    const issued = licenses.get(subscription)
    const mail = mails.get(issued?.event.licenseId ?? '')
    const mailed = mailedAt.get(email)
    const answered = answers.get(subscription)
    if (!webhook || !issued || !mail || mailed === undefined || answered === undefined)
      throw new Error(`the purchase of ${subscription} left no complete trail`)
    return {
      received: Number(webhook.headers[HEADER.receivedAt]),
      produced: webhook.timestamp,
      decided: Date.parse(issued.event.at),
      published: issued.record.timestamp,
      queued: mail.createdAt.getTime(),
      sending: mail.sendingAt.getTime(),
      mailed,
      answered,
    }
  })
}
