import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { ALL_TOPICS } from '@keyflow/contracts'
import { createTopics, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import { readTopic } from './read-topic.ts'
import { sendEvent } from './send-webhooks.ts'
import { type StartedIngest, startIngest } from './start-ingest.ts'
import { type SwallowingProxy, startSwallowingProxy } from './swallowing-proxy.ts'

jest.setTimeout(60_000)

const EVENTS = 600
const SENDERS = 40
/** Of so many Produce requests in a row the answers to the first ones are lost: more than a client would try again. */
const ROUND = 12
const LOST_IN_ROUND = 7

let ingest: StartedIngest | undefined
let proxy: SwallowingProxy | undefined
afterAll(async () => {
  await ingest?.stop()
  proxy?.close()
})

describe('produce responses lost on the wire', () => {
  it('lose no webhook that was acknowledged; what the sender has to repeat is at most there twice', async () => {
    const { brokers } = await sharedStack()
    const prefix = `${uniqueName('lost')}-`
    await createTopics(brokers, ALL_TOPICS, { prefix })
    proxy = await startSwallowingProxy((nth) => nth > ROUND && nth % ROUND < LOST_IN_ROUND)
    const started = await startIngest(
      { KAFKA_BROKERS: brokers.join(','), TOPIC_PREFIX: prefix, PUBLISH_DEADLINE_MS: '250' },
      { socketFactory: proxy.socketFactory },
    )
    ingest = started
    const ready = async () => (await fetch(`${started.ops}/readyz`)).ok
    await waitUntil(ready, { what: 'ingest to be ready', deadlineMs: 20_000 })

    let next = 0
    let refused = 0
    const acknowledged = new Set<string>()
    const sendUntilAcknowledged = async (id: string): Promise<void> => {
      for (;;) {
        const { status } = await sendEvent(started.http, id)
        if (status === 200) break
        expect(status).toBe(503)
        refused += 1
      }
      acknowledged.add(id)
    }
    const sender = async (): Promise<void> => {
      while (next < EVENTS) {
        const id = `evt_lost_${next}`
        next += 1
        await sendUntilAcknowledged(id)
      }
    }
    await Promise.all(Array.from({ length: SENDERS }, sender))

    const records = await readTopic(brokers, `${prefix}stripe.events`)
    const written = new Set(records.map(({ headers }) => headers.ce_id ?? ''))
    expect(proxy.swallowed()).toBeGreaterThanOrEqual(LOST_IN_ROUND)
    expect(refused).toBeGreaterThan(0)
    expect(acknowledged.size).toBe(EVENTS)
    expect([...acknowledged].filter((id) => !written.has(id))).toEqual([])
    expect(records.length).toBeGreaterThan(EVENTS)
  })
})
