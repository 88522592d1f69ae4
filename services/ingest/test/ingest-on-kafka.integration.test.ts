import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { ALL_TOPICS } from '@keyflow/contracts'
import { createTopics, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import { readTopic } from './read-topic.ts'
import { eventOf, post, signatureOf } from './signed-webhook.ts'
import { type StartedIngest, startIngest } from './start-ingest.ts'

jest.setTimeout(60_000)

const RECORDED = join(import.meta.dirname, '../../../../shared/stripe-events')

const recordedBodies = (): readonly Buffer[] =>
  readdirSync(RECORDED, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !file.endsWith('index.json'))
    .map((file) => readFileSync(join(RECORDED, file)))

let brokers: readonly string[] = []
let ingest: StartedIngest
const prefix = `${uniqueName('ingest')}-`
const topic = `${prefix}stripe.events`

beforeAll(async () => {
  brokers = (await sharedStack()).brokers
  await createTopics(brokers, ALL_TOPICS, { prefix })
  ingest = await startIngest({ KAFKA_BROKERS: brokers.join(','), TOPIC_PREFIX: prefix })
  const ready = async () => (await fetch(`${ingest.ops}/readyz`)).ok
  await waitUntil(ready, { what: 'ingest to be ready', deadlineMs: 20_000 })
})
afterAll(() => ingest.stop())

describe('ingest on a real broker', () => {
  it('writes the very bytes that were signed, keyed by customer, with all that is known in headers', async () => {
    const body = `${JSON.stringify(eventOf({ account: 'acct_1', note: 'Zoë 🔑\u2028' }), null, 4)}\n`
    const signature = signatureOf(body)
    const before = Date.now()
    expect(await post(ingest.http, { body, signature })).toMatchObject({ status: 200 })
    const [record, ...others] = await readTopic(brokers, topic)
    expect(others).toEqual([])
    expect(record?.value.equals(Buffer.from(body))).toBe(true)
    expect(record?.key).toBe('acct_1:test:cus_1')
    const { ce_receivedat, ...headers } = record?.headers ?? {}
    expect(Number(ce_receivedat)).toBeGreaterThanOrEqual(before)
    expect(headers).toEqual({
      ce_specversion: '1.0',
      ce_id: 'evt_1',
      ce_source: 'stripe:acct_1:test',
      ce_type: 'com.stripe.customer.subscription.updated',
      ce_subject: 'sub_1',
      ce_time: '2026-09-21T14:13:20.000Z',
      'content-type': 'application/json',
      ce_account: 'acct_1',
      ce_livemode: 'false',
      ce_apiversion: '2026-10-28.endive',
      ce_endpoint: 'default',
      ce_signature: signature,
    })
  })

  it('takes a body of 1 MiB: what is accepted at the door fits the topic', async () => {
    const padding = 'x'.repeat(1024 * 1024 - JSON.stringify(eventOf({ id: 'evt_large', padding: '' })).length)
    const body = JSON.stringify(eventOf({ id: 'evt_large', padding }))
    expect(await post(ingest.http, { body })).toMatchObject({ status: 200 })
    const record = (await readTopic(brokers, topic)).find(({ headers }) => headers.ce_id === 'evt_large')
    expect(record?.value).toHaveLength(1024 * 1024)
  })

  it('keeps events of one customer in one partition, in the order of their arrival', async () => {
    for (let i = 0; i < 20; i += 1)
      await post(ingest.http, {
        body: JSON.stringify(
          eventOf({ id: `evt_order_${i}`, data: { object: { id: 'in_1', customer: 'cus_o' } } }),
        ),
      })
    const records = (await readTopic(brokers, topic)).filter(({ key }) => key === 'platform:test:cus_o')
    expect(records.map(({ headers }) => headers.ce_id)).toEqual(
      Array.from({ length: 20 }, (_, i) => `evt_order_${i}`),
    )
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(1)
  })

  it('takes recorded payloads of real accounts, of every version, unchanged', async () => {
    if (!existsSync(RECORDED)) {
      process.stdout.write('recorded payloads are not here: nothing to read\n')
      return
    }
    const bodies = recordedBodies().filter((body) => JSON.parse(body.toString()).object === 'event')
    const answers = await Promise.all(bodies.map((body) => post(ingest.http, { body })))
    const accepted = bodies.filter((_, index) => answers[index]?.status === 200)
    expect(accepted.length).toBeGreaterThan(bodies.length * 0.9)
    const written = (await readTopic(brokers, topic)).map(({ value }) => value.toString('base64'))
    expect(written).toEqual(expect.arrayContaining(accepted.map((body) => body.toString('base64'))))
  })
})
