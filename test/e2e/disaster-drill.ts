import { consumerGroup } from '@keyflow/contracts'
import { startKafka, startMongo, waitUntil } from '@keyflow/devstack'
import { connectStore, createLogger, startOver } from '@keyflow/runtime'
import { config as licensingConfig } from '../../services/licensing/src/config.ts'
import { nameRebuild, openLicensingRebuild } from '../../services/licensing/src/rebuild.ts'
import { databaseOf, settingsOf, topicPrefix } from './service-settings.ts'
import { startWorld } from './world.ts'

export interface DrillReport {
  readonly buyers: number
  readonly records: number
  readonly rebuildSeconds: number
  /** From the moment that MongoDB was empty to the first key that is answered VALID again. */
  readonly backSeconds: number
  readonly keysValid: number
  /** Mails that reached buyers after the wipe and told them nothing new. */
  readonly mailsSentAgain: number
  /** Who bought while everything was away. */
  readonly keysOfNewBuyer: number
}

const PRICES = ['price_starter_monthly', 'price_pro_monthly', 'price_business_annual'] as const

/**
 * Loses MongoDB on purpose. Buyers pay and get keys; then every database is dropped under the running services; somebody
 * buys while nothing can be folded. From Kafka and the issuer secret alone licensing is built anew and put in force.
 */
export const runDisasterDrill = async (buyers: number, say: (line: string) => void): Promise<DrillReport> => {
  const kafka = await startKafka()
  const mongo = await startMongo()
  const stack = { brokers: kafka.brokers, mongoUrl: mongo.url }
  const world = await startWorld({ ...stack, partitions: 3 })
  try {
    const emails = Array.from({ length: buyers }, (_, at) => `drill-${at}@example.com`)
    for (const [at, email] of emails.entries())
      await world.shop.buy(email, PRICES[at % PRICES.length] ?? PRICES[0])
    await world.untilQuiet()
    const keys = emails.flatMap((email) => world.mailbox.keysTo(email))
    say(`${keys.length} buyers have their keys`)

    await world.service('licensing').stop()
    await world.service('notifier').stop()
    const store = await connectStore({ url: stack.mongoUrl, database: 'admin', appName: 'drill' })
    for (const service of ['licensing', 'dunning', 'notifier'] as const)
      await store.client.db(databaseOf(world.name, service)).dropDatabase()
    await store.client.close()
    const wipedAt = performance.now()
    const lostAt = new Date()
    say('MongoDB is empty')
    await world.shop.buy('during@example.com', 'price_pro_monthly')

    // It finds its database empty and waits, instead of folding into nothing.
    const starting = world.start('licensing')
    const settings = licensingConfig.load(settingsOf('licensing', world.surroundings))
    const into = nameRebuild(settings)
    const rebuild = await openLicensingRebuild(
      settings,
      createLogger({ service: 'drill', level: 'silent' }),
      { into },
    )
    const began = performance.now()
    const records = await rebuild.fold()
    const rebuildSeconds = (performance.now() - began) / 1000
    const { toTell } = await rebuild.switchOver()
    await starting
    await rebuild.close()
    const [first] = keys
    await waitUntil(async () => (await world.validate(first ?? '')).valid, {
      what: 'the first key to be valid again',
      deadlineMs: 60_000,
    })
    const backSeconds = (performance.now() - wipedAt) / 1000
    say(
      `${records} records folded in ${rebuildSeconds.toFixed(1)} s; back after ${backSeconds.toFixed(1)} s; ${toTell} change(s) not told before`,
    )

    // The notifier reads everything again, and keeps quiet about what was before.
    await startOver({
      mongodbUrl: stack.mongoUrl,
      database: databaseOf(world.name, 'notifier'),
      groupId: `${topicPrefix(world.name)}${consumerGroup('notifier')}`,
      now: lostAt,
    })
    await world.start('notifier')

    let keysValid = 0
    for (const key of keys) if ((await world.validate(key)).valid) keysValid += 1
    const before = emails.map((email) => world.mailbox.mailsTo(email).length)
    await world.mailbox.untilKey('during@example.com')
    await waitUntil(() => world.audit.areMailsSettled(), {
      what: 'the notifier to have read everything',
      deadlineMs: 60_000,
    })
    const after = emails.map((email) => world.mailbox.mailsTo(email).length)
    const mailsSentAgain = after.reduce((sum, count, at) => sum + count - (before[at] ?? 0), 0)
    const keysOfNewBuyer = world.mailbox.keysTo('during@example.com').length
    return {
      buyers,
      records,
      rebuildSeconds,
      backSeconds,
      keysValid,
      mailsSentAgain,
      keysOfNewBuyer,
    }
  } finally {
    await world.stop().catch(() => undefined)
    await mongo.stop()
    await kafka.stop()
  }
}
