import { startKafka, startMongo, waitUntil } from '@keyflow/devstack'
import { connectStore } from '@keyflow/runtime'
import { answering, type Receiver, startReceiver } from '../../services/outbound/test/receiver.ts'
import { runCommand } from './run-command.ts'
import { ALL_SERVICES, databaseOf, OPERATOR_TOKEN, type ServiceName } from './service-settings.ts'
import type { BuyerOnClock } from './shop.ts'
import { startWorld, type World } from './world.ts'

export interface DrillReport {
  readonly buyers: number
  readonly records: number
  readonly eventsPerSecond: number
  /** From the moment that MongoDB was empty to the first key that is answered VALID again. */
  readonly backSeconds: number
  /** Until every service works again. */
  readonly allBackSeconds: number
  readonly keysValid: number
  /** Mails that reached buyers after the wipe and told them nothing new. */
  readonly mailsSentAgain: number
  /** Who bought while everything was away. */
  readonly keysOfNewBuyer: number
  /** What a customer who owes since before was written, in order: dunning goes on where it was. */
  readonly dunned: readonly string[]
  /** And the tier that they have after the seventh day. */
  readonly dunnedTier: string | undefined
  /** Webhooks that came a second time, and whether one came of the new purchase. */
  readonly webhooksSentAgain: number
  readonly newsByWebhook: boolean
}

const PRICES = ['price_starter_monthly', 'price_pro_monthly', 'price_business_annual'] as const
const LOST = ['licensing', 'dunning', 'notifier', 'outbound'] as const satisfies readonly ServiceName[]
const DAY = 86_400
const START = Date.UTC(2026, 2, 2, 10) / 1000
const DAY_0 = Date.UTC(2026, 3, 2, 11) / 1000
const DEBTOR = 'debtor@example.com'

/**
 * Loses MongoDB on purpose. Buyers pay and get keys, one of them owes for three days, a receiver of webhooks listens; then every
 * database is dropped; somebody buys while nothing can be folded. From Kafka and the issuer secret alone everything is
 * built anew and put in force, by the commands of the runbook.
 */
export const runDisasterDrill = async (buyers: number, say: (line: string) => void): Promise<DrillReport> => {
  const kafka = await startKafka()
  const mongo = await startMongo()
  const receiver = await startReceiver(answering(200))
  const world = await startWorld({
    brokers: kafka.brokers,
    mongoUrl: mongo.url,
    partitions: 3,
    services: ALL_SERVICES,
    settings: { DUNNING_BASKET_MS: '0', DUNNING_POLL_MS: '100' },
  })
  try {
    return await drill(world, receiver, mongo.url, buyers, say)
  } finally {
    await world.stop().catch(() => undefined)
    await receiver.stop()
    await mongo.stop()
    await kafka.stop()
  }
}

const drill = async (
  world: World,
  receiver: Receiver,
  mongoUrl: string,
  buyers: number,
  say: (line: string) => void,
): Promise<DrillReport> => {
  const { shop, mailbox } = world
  await listen(world, receiver.url)
  const debtor = await untilTheyOwe(world)
  const emails = Array.from({ length: buyers }, (_, at) => `drill-${at}@example.com`)
  for (const [at, email] of emails.entries()) await shop.buy(email, PRICES[at % PRICES.length] ?? PRICES[0])
  await world.untilQuiet()
  const keys = emails.flatMap((email) => mailbox.keysTo(email))
  await waitUntil(() => receiver.counts().size > buyers, { what: 'the webhooks', deadlineMs: 30_000 })
  say(`${keys.length} buyers have their keys; one owes since three days`)

  for (const service of LOST) await world.service(service).stop()
  const store = await connectStore({ url: mongoUrl, database: 'admin', appName: 'drill' })
  for (const service of LOST) await store.client.db(databaseOf(world.name, service)).dropDatabase()
  await store.client.close()
  const wipedAt = performance.now()
  const lostAt = new Date().toISOString()
  const since = (): number => (performance.now() - wipedAt) / 1000
  say('MongoDB is empty')
  const during = await shop.buy('during@example.com', 'price_pro_monthly')

  // It finds its database empty and waits, instead of folding into nothing.
  const starting = world.start('licensing')
  const rebuilt = await keyflow(world, 'licensing', 'rebuild', '--switch', '--accept-differences', '--yes')
  await starting
  const [first = ''] = keys
  await waitUntil(async () => (await world.validate(first)).valid, {
    what: 'the first key to be valid again',
    deadlineMs: 60_000,
  })
  const backSeconds = since()
  say(`${rebuilt.records} records folded; keys are valid again after ${backSeconds.toFixed(1)} s`)

  await keyflow(
    world,
    'dunning',
    'rebuild',
    '--service',
    'dunning',
    '--switch',
    '--accept-differences',
    '--yes',
  )
  await world.start('dunning')
  for (const service of ['notifier', 'outbound'] as const) {
    await keyflow(world, service, 'start-over', '--service', service, '--since', lostAt, '--yes')
    await world.start(service)
  }
  const allBackSeconds = since()
  say(`all services work again after ${allBackSeconds.toFixed(1)} s`)

  let keysValid = 0
  for (const key of keys) if ((await world.validate(key)).valid) keysValid += 1
  const before = new Map(emails.map((email) => [email, mailbox.mailsTo(email).length]))
  await mailbox.untilKey('during@example.com')
  await world.untilQuiet()
  const mailsSentAgain = emails.reduce(
    (sum, email) => sum + mailbox.mailsTo(email).length - (before.get(email) ?? 0),
    0,
  )
  await debtor.advance(DAY_0 + 7 * DAY)
  await world.untilQuiet()
  const [debtorsKey = ''] = mailbox.keysTo(DEBTOR)
  const counts = [...receiver.counts().values()]
  return {
    buyers,
    records: rebuilt.records,
    eventsPerSecond: rebuilt.events_per_second,
    backSeconds,
    allBackSeconds,
    keysValid,
    mailsSentAgain,
    keysOfNewBuyer: mailbox.keysTo('during@example.com').length,
    dunned: mailbox
      .mailsTo(DEBTOR)
      .map(({ subject }) => (subject ?? '').replace(/^\[test\] /i, ''))
      .filter((subject) => !/license key/i.test(subject)),
    dunnedTier: (await world.validate(debtorsKey)).license?.tier,
    webhooksSentAgain: counts.reduce((sum, count) => sum + count - 1, 0),
    newsByWebhook: receiver.received.some(({ body }) => body.includes(during.subscription)),
  }
}

/** Runs a command of the runbook as an operator does, and gives what it says with --json. */
const keyflow = async (
  { surroundings }: World,
  as: ServiceName,
  ...line: string[]
): Promise<{ readonly records: number; readonly events_per_second: number }> => {
  const { code, stdout, stderr } = await runCommand(surroundings, [...line, '--json'], { as })
  if (code !== 0) throw new Error(`keyflow ${line.join(' ')} ended with ${code}: ${stdout}${stderr}`)
  return JSON.parse(stdout) as { records: number; events_per_second: number }
}

const listen = async ({ ports }: World, url: string): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${ports.outbound.http}/api/v1/webhook-endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url, actor: 'ada', reason: 'a drill' }),
  })
  if (!answer.ok) throw new Error(`no endpoint: ${await answer.text()}`)
}

/** Their card is declined at the renewal; they are warned at once, and reminded on the third day. */
const untilTheyOwe = async ({ shop, mailbox, untilQuiet }: World): Promise<BuyerOnClock> => {
  await shop.setRetries({ retry_after_days: '1,1,2,2,3,2,3', final_action: 'past_due' })
  const debtor = await shop.buyOnClock(DEBTOR, 'price_pro_monthly', START)
  await mailbox.untilKey(DEBTOR)
  await shop.breakCard(debtor)
  for (const day of [0, 3]) {
    await debtor.advance(DAY_0 + day * DAY)
    await untilQuiet()
  }
  return debtor
}
