import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { type Addresses, sharedStack } from '@keyflow/devstack'
import { scanStores, scanTopics } from './scan-everything.ts'
import { OPERATOR_TOKEN, SERVICES, settingsOf, topicPrefix } from './service-settings.ts'
import { startWorld, type World } from './world.ts'

const EMAIL = 'wilhelmina.frost@hunted.example'
const NAME = 'Wilhelmina Frost'
/** Of what was bought at Stripe, as it was signed there: it lies in the log until retention ends it. */
const RAW: readonly string[] = [TOPICS.stripeEvents.name, TOPICS.stripeSnapshots.name]
const SECRETS = [
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_KEY',
  'ISSUER_SECRET',
  'KEY_TRANSPORT_SECRET',
  'PERSONAL_MASTER_KEYS',
  'OPERATOR_TOKEN',
  'DUNNING_LINK_KEYS',
]

let addresses: Addresses
let world: World
const folder = mkdtempSync(join(tmpdir(), 'keyflow-hunt-'))
const traceFile = join(folder, 'spans.jsonl')
/** What was answered to requests that went wrong. */
const refusals: string[] = []
/** What a demonstration handed out: nothing that anybody wrote down may hold it. */
const handedOut: string[] = []

beforeAll(async () => {
  addresses = await sharedStack()
  world = await startWorld({
    ...addresses,
    partitions: 2,
    settings: { LOG_LEVEL: 'debug', KEYFLOW_TRACE_FILE: traceFile },
  })
  await demonstrate()
}, 180_000)
afterAll(async () => {
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const ask = async (method: string, path: string, body?: object, token = OPERATOR_TOKEN) => {
  const answer = await fetch(`http://127.0.0.1:${world.ports.licensing.http}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) refusals.push(text)
  return { status: answer.status, body: JSON.parse(text) as Record<string, unknown> }
}

/** A shop's day, and everything that people and strangers get wrong. */
const demonstrate = async (): Promise<void> => {
  const { shop, mailbox } = world
  const { customer, subscription } = await shop.buy(EMAIL, 'price_starter_monthly')
  await shop.stripe.customers.update(customer, { name: NAME })
  const key = await mailbox.untilKey(EMAIL)
  await world.activate(key, 'shop.example.com')
  await shop.changePlan(subscription, 'price_business_monthly')
  await mailbox.untilSubject(EMAIL, /plan is now Business/)
  const wish = { customer_email: EMAIL, customer_name: NAME, product_id: 'keyflow-example', tier: 'pro' }
  const made = await ask('POST', '/licenses', wish)
  const rotated = await ask('POST', `/licenses/${made.body.id}/rotate-key`, {})
  const scopes = { name: 'shop', scopes: ['licenses:read'], mode: 'test' }
  const apiKey = await ask('POST', '/api-keys', scopes)
  const leased = await ask('POST', '/licenses/validate', { key, lease: true })
  handedOut.push(key, String(made.body.key), String(rotated.body.key), String(apiKey.body.key))
  handedOut.push(String(leased.body.lease))

  // A key where none belongs, an address in a field that nobody knows, a key in the path, a body that ends in the middle.
  await ask('POST', '/licenses', { ...wish, key, tier: 'nothing' })
  await ask('POST', '/licenses', { ...wish, customer_email: `${EMAIL} ${NAME}` })
  await ask('POST', '/licenses', { ...wish, surname: NAME })
  await ask('GET', `/licenses/${key}`)
  await ask('GET', `/licenses?key=${key}`)
  await ask('GET', '/reviews', undefined, `${apiKey.body.key}`)
  await ask('GET', '/licenses', undefined, `${OPERATOR_TOKEN}x`)
  const cut = await fetch(`http://127.0.0.1:${world.ports.licensing.http}/api/v1/licenses/validate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"key":"${key}`,
  })
  refusals.push(await cut.text())
  const forged = await fetch(world.webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=1,v1=${world.webhook.secret}` },
    body: JSON.stringify({ id: 'evt_forged', data: { object: { email: EMAIL, name: NAME } } }),
  })
  refusals.push(await forged.text())
  await shop.pause(subscription)
  await mailbox.untilSubject(EMAIL, /is suspended/)
  await world.untilQuiet()
}

/** Where a needle was found, with the words around it, so that it can be mended. */
const hunt = (place: string, texts: readonly string[]): readonly string[] => {
  const needles = [...secretValues(), ...handedOut, EMAIL, NAME, 'wilhelmina']
  return texts.flatMap((text) =>
    needles.flatMap((needle) => {
      const at = text.toLowerCase().indexOf(needle.toLowerCase())
      return at < 0 ? [] : [`${place}: …${text.slice(Math.max(0, at - 80), at + 20)}…`]
    }),
  )
}

const secretValues = (): readonly string[] => {
  const values = SERVICES.map((service) => settingsOf(service, world.surroundings))
  return [
    ...new Set(
      SECRETS.flatMap((name) =>
        values.flatMap((settings) => {
          const value = settings[name] ?? ''
          // Of a ring of keys, the key itself.
          return [value, value.split(':').at(-1) ?? ''].filter((one) => one.length > 8)
        }),
      ),
    ),
  ]
}

describe('after a demonstration, no secret, no key and no address', () => {
  it('was looked for in vain because there was none', () => {
    expect(secretValues().length).toBeGreaterThanOrEqual(SECRETS.length)
    expect(handedOut.every((text) => text.length > 20)).toBe(true)
    expect(refusals.length).toBeGreaterThanOrEqual(9)
    expect(hunt('here', [`x ${handedOut[0]} y`])).toHaveLength(1)
  })

  it('is in a line of the log, at any level', () => {
    const files = readdirSync(world.logFolder)
    expect(files).toEqual(expect.arrayContaining(SERVICES.map((service) => `${service}.log`)))
    for (const file of files) {
      const lines = readFileSync(join(world.logFolder, file), 'utf8').split('\n')
      // The one place where the first API key is shown is the terminal of whoever starts an installation.
      expect(hunt(file, lines)).toEqual([])
    }
  })

  it('is in a metric, a label or what the operators look at', async () => {
    for (const service of SERVICES)
      for (const path of ['metrics', 'selfcheck', 'readyz']) {
        const answer = await fetch(`http://127.0.0.1:${world.ports[service].ops}/${path}`)
        const text = await answer.text()
        expect(text.length).toBeGreaterThan(5)
        expect(hunt(`${service}/${path}`, text.split('\n'))).toEqual([])
      }
  })

  it('is in a span', () => {
    const spans = readFileSync(traceFile, 'utf8').split('\n')
    expect(spans.length).toBeGreaterThan(20)
    expect(hunt('span', spans)).toEqual([])
  })

  it('is in an answer to a request that went wrong', () => {
    expect(hunt('answer', refusals)).toEqual([])
  })

  it('is in a database, but for what is sealed there', async () => {
    const documents = await scanStores(Object.values(world.audit.stores))
    expect(documents.length).toBeGreaterThan(20)
    expect(hunt('document', documents)).toEqual([])
  })

  it('is in a topic, but for what Stripe signed', async () => {
    const records = await scanTopics(addresses.brokers, topicPrefix(world.name), RAW)
    expect(records.length).toBeGreaterThan(5)
    expect(hunt('record', records)).toEqual([])
    const raw = await scanTopics(
      addresses.brokers,
      topicPrefix(world.name),
      Object.values(TOPICS).flatMap(({ name }) => (RAW.includes(name) ? [] : [name])),
    )
    const secrets = new Set([...secretValues(), ...handedOut])
    expect(raw.filter((text) => [...secrets].some((secret) => text.includes(secret)))).toEqual([])
  })

  it('is in the arguments of a process', () => {
    for (const service of SERVICES) {
      const { pid } = world.service(service)
      const command = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
      expect(command).toContain('main.ts')
      expect(hunt(service, [command])).toEqual([])
    }
  })
})
