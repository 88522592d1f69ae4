import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runKeyflow } from '@keyflow/cli'
import { TOPICS } from '@keyflow/contracts'
import { type Addresses, sharedStack, waitUntil } from '@keyflow/devstack'
import {
  createKafka,
  createLogger,
  createMasterKeys,
  createPersonalVault,
  createPublisher,
  type PersonalVault,
  type RecordPublisher,
} from '@keyflow/runtime'
import { pipes } from '../../packages/cli/test/world.ts'
import { scanStores, scanTopics } from './scan-everything.ts'
import { OPERATOR_TOKEN, PERSONAL_MASTER_KEY, topicPrefix } from './service-settings.ts'
import { startWorld, type World } from './world.ts'

const EMAIL = 'zebulon.quill@erase-me.example'
const NAME = 'Zebulon Quill'
const PLAIN = /zebulon|quill|erase-me\.example/i
/** What Stripe sent lies there as Stripe signed it, until retention ends it: docs/operating/erasure.md. */
const RAW: readonly string[] = [TOPICS.stripeEvents.name, TOPICS.stripeSnapshots.name]

let addresses: Addresses
let world: World
let publisher: RecordPublisher
let vaults: readonly PersonalVault[]
const logger = createLogger({ service: 'test', level: 'silent' })

beforeAll(async () => {
  addresses = await sharedStack()
  world = await startWorld({ ...addresses, partitions: 2 })
  publisher = await createPublisher({
    kafka: createKafka({ clientId: 'test', brokers: addresses.brokers, logger }),
  })
  vaults = Object.values(world.audit.stores).map((store) =>
    createPersonalVault({
      store,
      publisher,
      topic: `${topicPrefix(world.name)}${TOPICS.personalKeys.name}`,
      masterKeys: createMasterKeys([['test', PERSONAL_MASTER_KEY]]),
      cacheMs: 1,
    }),
  )
}, 120_000)
afterAll(async () => {
  await publisher?.close()
  await world?.stop()
}, 60_000)

/** Everything that any service stores, and everything that is in a topic beside what Stripe sent. */
const everything = async (): Promise<readonly string[]> => [
  ...(await scanStores(Object.values(world.audit.stores))),
  ...(await scanTopics(addresses.brokers, topicPrefix(world.name), RAW)),
]

/** Whether any service can open it. */
const opens = async (sealed: string): Promise<string> => {
  for (const vault of vaults) {
    const opened = await vault.open(sealed)
    if (opened.kind === 'opened') return JSON.stringify(opened.value)
  }
  return ''
}

const sealedIn = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap((text) => text.match(/kfp1\.[\w-]+\.[\w-]+\.[\w-]+/g) ?? [])),
]

describe('a person who is erased', () => {
  it('is in no database and no topic of Keyflow any more, and does not come back with what comes later', async () => {
    const { shop, mailbox } = world
    const { customer, subscription } = await shop.buy(EMAIL, 'price_starter_monthly')
    const key = await mailbox.untilKey(EMAIL)
    await shop.stripe.customers.update(customer, { name: NAME })
    await shop.changePlan(subscription, 'price_business_monthly')
    await mailbox.untilSubject(EMAIL, /plan is now Business/)
    await publisher.publish({
      topic: `${topicPrefix(world.name)}${TOPICS.stripeEvents.name}`,
      key: `platform:test:${customer}`,
      value: `no JSON at all, and yet ${NAME} <${EMAIL}>`,
      headers: {},
    })
    await waitUntil(async () => (await world.audit.deadLetters()) === 3, {
      what: 'each service to give the odd record up',
      deadlineMs: 30_000,
    })
    await world.untilQuiet()

    // Never in the clear, and yet there: sealed in contacts, in the ledger of mails and in dead letters.
    const before = await everything()
    expect(before.filter((text) => PLAIN.test(text))).toEqual([])
    const sealed = sealedIn(before)
    const readable = await Promise.all(sealed.map(opens))
    expect(readable.filter((text) => PLAIN.test(text)).length).toBeGreaterThanOrEqual(3)

    const { world: terminal, written } = pipes({
      KEYFLOW_NOTIFIER_URL: `http://127.0.0.1:${world.ports.notifier.http}`,
      KEYFLOW_TOKEN: OPERATOR_TOKEN,
      KEYFLOW_ACTOR: 'ada',
    })
    const code = await runKeyflow(['erase', customer, '--test', '--reason', 'request 1', '--yes'], terminal)
    expect([code, written.stdout]).toEqual([0, expect.stringContaining(`platform:test:${customer}`)])
    const isErased = async (): Promise<boolean> =>
      (await Promise.all(vaults.map((vault) => vault.areErased([`platform:test:${customer}`])))).every(
        Boolean,
      )
    await waitUntil(isErased, { what: 'every service to hear of it', deadlineMs: 30_000 })
    for (const text of sealed) expect(await opens(text)).not.toMatch(PLAIN)

    await shop.stripe.customers.update(customer, { name: `${NAME} the Second` })
    await shop.changePlan(subscription, 'price_starter_monthly')
    await world.untilQuiet()
    const after = await everything()
    expect(after.filter((text) => PLAIN.test(text))).toEqual([])
    for (const text of sealedIn(after)) expect(await opens(text)).not.toMatch(PLAIN)
    expect(await world.validate(key)).toMatchObject({ valid: true, license: { tier: 'starter' } })
  }, 120_000)
})
