import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { ALL_TOPICS } from '@keyflow/contracts'
import { createTopics, pickFreePort, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import { type IngestProcess, spawnIngest } from './ingest-process.ts'
import { idsOn, readTopic } from './read-topic.ts'
import { type Answer, sendEvent } from './send-webhooks.ts'

jest.setTimeout(90_000)

const SERVER_KIND = 1
const PRODUCER_KIND = 3

let running: IngestProcess | undefined
let folder = ''
let brokers: readonly string[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyflow-ingest-'))
  brokers = (await sharedStack()).brokers
})
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.exited
  rmSync(folder, { recursive: true, force: true })
})

const start = async (label: string, env: Readonly<Record<string, string>> = {}) => {
  const prefix = `${uniqueName(label)}-`
  await createTopics(brokers, ALL_TOPICS, { prefix })
  const [port, opsPort] = [await pickFreePort(), await pickFreePort()]
  const settings = { HTTP_PORT: String(port), OPS_PORT: String(opsPort), KAFKA_BROKERS: brokers.join(',') }
  running = spawnIngest({ ...settings, TOPIC_PREFIX: prefix, ...env })
  const ready = async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok
  await waitUntil(ready, { what: 'ingest to be ready', deadlineMs: 30_000 })
  return { process: running, http: `http://127.0.0.1:${port}`, topic: `${prefix}stripe.events` }
}

describe('a shutdown under load', () => {
  it('answers what is in hand, takes nothing more, loses nothing that it acknowledged, and exits with 0', async () => {
    const { process: ingest, http, topic } = await start('shutdown')
    const answers: Answer[] = []
    let stopping = false
    const sender = async (name: number): Promise<void> => {
      for (let i = 0; !stopping; i += 1) answers.push(await sendEvent(http, `evt_down_${name}_${i}`))
    }
    const senders = Array.from({ length: 32 }, (_, name) => sender(name))
    await waitUntil(() => answers.length > 300, { what: 'webhooks under way', deadlineMs: 20_000 })
    const signaled = Date.now()
    ingest.child.kill('SIGTERM')
    expect(await ingest.exited).toBe(0)
    expect(Date.now() - signaled).toBeLessThan(8000)
    stopping = true
    await Promise.all(senders)

    const acknowledged = answers.filter(({ status }) => status === 200).map(({ id }) => id)
    const written = await idsOn(brokers, topic)
    expect(acknowledged.length).toBeGreaterThan(200)
    expect(acknowledged.filter((id) => !written.has(id))).toEqual([])
    expect(ingest.output()).toContain('service.stopped')
  })
})

describe('the boot of the process', () => {
  it('is refused with all problems at once, and without quoting a secret', async () => {
    running = spawnIngest({
      STRIPE_WEBHOOK_SECRET: 'sk_live_wrongsecret',
      PUBLISH_DEADLINE_MS: '0',
      HTTP_PORT: 'x',
    })
    expect(await running.exited).toBe(78)
    for (const name of ['STRIPE_WEBHOOK_SECRET', 'PUBLISH_DEADLINE_MS', 'HTTP_PORT'])
      expect(running.output()).toContain(name)
    expect(running.output()).not.toContain('wrongsecret')
  })
})

interface SpanLine {
  readonly trace: string
  readonly span: string
  readonly parent: string | null
  readonly name: string
  readonly kind: number
}

describe('the trace of a webhook', () => {
  it('goes from the HTTP request through the publish span into the headers of the record', async () => {
    const file = join(folder, 'spans.jsonl')
    const { http, topic, process: ingest } = await start('trace', { KEYFLOW_TRACE_FILE: file })
    expect((await sendEvent(http, 'evt_traced')).status).toBe(200)
    const [record] = await readTopic(brokers, topic)
    const [, trace, publishId] = record?.headers.traceparent?.split('-') ?? []
    const spans = await waitUntil(
      () => {
        const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
        const ours = lines.map((line) => JSON.parse(line) as SpanLine).filter((span) => span.trace === trace)
        return ours.some(({ kind }) => kind === SERVER_KIND) && ours
      },
      { what: 'the spans of the request', deadlineMs: 10_000 },
    )
    const publish = spans.find(({ span }) => span === publishId)
    expect(publish).toMatchObject({ name: 'stripe.events publish', kind: PRODUCER_KIND })
    let ancestor: SpanLine | undefined = publish
    while (ancestor?.parent) ancestor = spans.find(({ span }) => span === ancestor?.parent)
    expect(ancestor?.kind).toBe(SERVER_KIND)
    expect(ingest.output()).toContain(`"trace_id":"${trace}"`)
  })
})
