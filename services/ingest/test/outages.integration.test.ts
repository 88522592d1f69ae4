import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { ALL_TOPICS } from '@keyflow/contracts'
import { createTopics, type KafkaServer, pickFreePort, startKafka, waitUntil } from '@keyflow/devstack'
import { idsOn } from './read-topic.ts'
import { type Answer, sendEvent, sendSteadily } from './send-webhooks.ts'
import { type StartedIngest, startIngest } from './start-ingest.ts'

jest.setTimeout(180_000)

const TOPIC = 'stripe.events'
/** Milliseconds. A dead broker is away for longer than the Kafka client goes on trying before it gives up. */
const OUTAGES = [
  ['SIGKILL', 15_000],
  ['SIGSTOP', 6000],
] as const

let kafka: KafkaServer | undefined
let ingest: StartedIngest | undefined
afterEach(async () => {
  await ingest?.stop()
  await kafka?.stop()
})

const isReady = async ({ ops }: StartedIngest) => (await fetch(`${ops}/readyz`)).ok
const accepts = async (base: string, prefix: string) => {
  let tries = 0
  return waitUntil(
    async () => {
      tries += 1
      return (await sendEvent(base, `${prefix}_${tries}`)).status === 200
    },
    { what: 'a webhook to be accepted', deadlineMs: 20_000 },
  )
}

const statuses = (answers: readonly Answer[]): readonly number[] =>
  [...new Set(answers.map(({ status }) => status))].sort()

const percentile99 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0

describe('a broker that goes away', () => {
  it.each(OUTAGES)(
    '(%s, %i ms): 503 within 3 s, nothing that was acknowledged is lost, and the flow resumes by itself',
    async (signal, outageMs) => {
      kafka = await startKafka()
      const broker = kafka
      await createTopics(broker.brokers, ALL_TOPICS)
      ingest = await startIngest({ KAFKA_BROKERS: broker.brokers.join(',') })
      const { http } = ingest
      await accepts(http, 'evt_first')
      const load = sendSteadily(http, 60, 'evt_steady')
      await waitUntil(async () => (await idsOn(broker.brokers, TOPIC)).size > 20, {
        what: 'events on the topic',
        deadlineMs: 10_000,
      })

      await broker.kill(signal)
      const away = await Promise.all(Array.from({ length: 10 }, (_, i) => sendEvent(http, `evt_away_${i}`)))
      expect(statuses(away)).toEqual([503])
      await waitUntil(async () => !(await isReady(ingest as StartedIngest)), {
        what: 'ingest to be unready',
        deadlineMs: 5000,
      })
      const end = Date.now() + outageMs
      while (Date.now() < end) expect((await sendEvent(http, 'evt_meanwhile')).status).toBe(503)

      if (signal === 'SIGSTOP') await broker.kill('SIGCONT')
      else await broker.restart()
      const backAt = Date.now()
      await accepts(http, 'evt_after')
      const resumedMs = Date.now() - backAt
      await waitUntil(() => isReady(ingest as StartedIngest), {
        what: 'ingest to be ready',
        deadlineMs: 15_000,
      })
      const answers = await load.stop()

      expect(resumedMs).toBeLessThan(8000)
      expect(statuses(answers)).toEqual([200, 503])
      // A stalled test machine may hold up a single answer; the promise is for the service.
      expect(percentile99([...answers, ...away].map(({ ms }) => ms))).toBeLessThan(3000)
      const written = await idsOn(broker.brokers, TOPIC)
      const lost = answers.filter(({ id, status }) => status === 200 && !written.has(id))
      expect(lost).toEqual([])
    },
  )
})

describe('a broker that is not there at boot', () => {
  it('is waited for: the process lives, is not ready, answers 503, and begins when the broker does', async () => {
    const port = await pickFreePort()
    ingest = await startIngest({ KAFKA_BROKERS: `127.0.0.1:${port}` })
    const { http, ops } = ingest
    expect((await fetch(`${ops}/healthz`)).status).toBe(200)
    expect(await (await fetch(`${ops}/readyz`)).json()).toEqual({
      ready: false,
      checks: { kafka: false, accepting: true },
    })
    expect((await sendEvent(http, 'evt_early')).status).toBe(503)

    kafka = await startKafka({ port })
    await createTopics(kafka.brokers, ALL_TOPICS)
    await accepts(http, 'evt_late')
    expect(await isReady(ingest)).toBe(true)
  })

  it('does not keep a shutdown waiting', async () => {
    const port = await pickFreePort()
    const waiting = await startIngest({ KAFKA_BROKERS: `127.0.0.1:${port}` })
    const started = Date.now()
    await waiting.stop()
    expect(Date.now() - started).toBeLessThan(2000)
  })
})
