import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { KeyflowError } from '@keyflow/runtime'
import { eventOf, macOf, post, SECRET, signatureOf } from '../../test/signed-webhook.ts'
import { createFakeLog, type StartedIngest, startIngest } from '../../test/start-ingest.ts'

const MIB = 1024 * 1024
const CONNECT_SECRET = 'whsec_connectconnectconnect'
const body = JSON.stringify(eventOf())
const now = (): number => Math.floor(Date.now() / 1000)

let ingest: StartedIngest | undefined
afterEach(() => ingest?.stop())

const start = async (env: Record<string, string> = {}, answer?: () => Promise<void>) => {
  const { log, appended } = createFakeLog(answer)
  ingest = await startIngest(env, { log })
  return { http: ingest.http, metrics: ingest.metrics, appended }
}

const requests = (outcome: string, livemode = 'false', endpoint = 'default'): string =>
  `keyflow_webhook_requests_total{endpoint="${endpoint}",livemode="${livemode}",outcome="${outcome}"}`

/** An event of exactly that many bytes. */
const eventOfSize = (bytes: number): string => {
  const empty = JSON.stringify(eventOf({ padding: '' }))
  return JSON.stringify(eventOf({ padding: 'x'.repeat(bytes - empty.length) }))
}

describe('an authentic webhook', () => {
  it('is appended byte for byte as it came, and acknowledged', async () => {
    const { http, appended, metrics } = await start()
    const odd = `${JSON.stringify(eventOf({ description: 'Zoë 🔑' }), null, 3)}\n  `
    const answer = await post(http, { body: odd })
    expect(answer).toMatchObject({ status: 200, body: { received: true } })
    expect(appended).toHaveLength(1)
    expect(Buffer.from(appended[0]?.value ?? []).toString('utf8')).toBe(odd)
    expect(appended[0]).toMatchObject({ key: 'platform:test:cus_1', headers: { ce_id: 'evt_1' } })
    const samples = await metrics()
    expect(samples[requests('accepted')]).toBe(1)
    expect(samples['keyflow_signature_secret_matches_total{endpoint="default",slot="current"}']).toBe(1)
  })

  it('keeps its whole signature header: with the bytes, the proof of what Stripe signed', async () => {
    const { http, appended } = await start()
    const signature = `${signatureOf(body)},v0=${'0'.repeat(64)}`
    await post(http, { body, signature })
    expect(appended[0]?.headers.ce_signature).toBe(signature)
  })

  it('may be signed by the secret that is rotated out; that is counted apart', async () => {
    const old = 'whsec_oldoldoldoldold'
    const { http, metrics } = await start({ STRIPE_WEBHOOK_SECRET: `${SECRET},${old}` })
    expect(await post(http, { body, signature: signatureOf(body, { secret: old }) })).toMatchObject({
      status: 200,
    })
    const samples = await metrics()
    expect(samples['keyflow_signature_secret_matches_total{endpoint="default",slot="previous"}']).toBe(1)
  })

  it('of the thin kind is acknowledged and not appended: it carries no object to read', async () => {
    const { http, appended, metrics } = await start()
    const thin = JSON.stringify({
      id: 'evt_2',
      object: 'v2.core.event',
      type: 'v1.invoice.paid',
      created: 'x',
    })
    expect(await post(http, { body: thin })).toMatchObject({ status: 200 })
    expect(appended).toEqual([])
    expect((await metrics())[requests('ignored', 'unknown')]).toBe(1)
  })

  it.each([
    ['of the other mode', { STRIPE_WEBHOOK_MODE: 'live' }],
    ['of another account', { STRIPE_WEBHOOK_ACCOUNT: 'acct_1' }],
  ])('%s is acknowledged, counted and not appended', async (_, env) => {
    const { http, appended, metrics } = await start(env)
    expect(await post(http, { body })).toMatchObject({ status: 200, body: { received: true } })
    expect(appended).toEqual([])
    expect((await metrics())[requests('mode_mismatch')]).toBe(1)
  })

  it.each([
    ['is not JSON', '{"id":'],
    ['is not UTF-8', Buffer.concat([Buffer.from(body.slice(0, -1)), Buffer.from([0x22, 0xff, 0x22])])],
    ['is JSON but no event', '{"id":"evt_1"}'],
    ['is null', 'null'],
    ['is empty', ''],
    ['begins with a byte order mark', `\ufeff${body}`],
  ])('whose body %s is refused as malformed', async (_, broken) => {
    const { http, appended, metrics } = await start()
    expect(await post(http, { body: broken, signature: signatureOf(broken) })).toMatchObject({ status: 400 })
    expect(appended).toEqual([])
    expect((await metrics())[requests('malformed', 'unknown')]).toBe(1)
  })
})

describe('a signature that does not hold', () => {
  it('is answered alike whatever is wrong with it, and counted by what is', async () => {
    const { http, appended, metrics } = await start()
    const mac = macOf(body, now())
    const bad: Record<string, (string | null)[]> = {
      missing: [null],
      malformed: ['', `t=${now()},v1=`, `t=${now()},v1`, `v1=${mac}`, `t=${now()},v0=${mac}`].slice(1),
      no_match: [signatureOf(body, { secret: 'whsec_strangestranger' }), signatureOf(`${body} `)],
      too_old: [signatureOf(body, { at: now() - 302 })],
      in_future: [signatureOf(body, { at: now() + 90 })],
    }
    const answers = new Set<string>()
    for (const signature of Object.values(bad).flat()) {
      const answer = await post(http, { body, signature })
      answers.add(JSON.stringify([answer.status, answer.body]))
    }
    expect([...answers]).toEqual(['[400,{"error":"signature verification failed"}]'])
    expect(appended).toEqual([])
    const samples = await metrics()
    for (const [reason, { length }] of Object.entries(bad))
      expect(
        samples[`keyflow_signature_failures_total{endpoint="default",reason="${reason}",source="other"}`],
      ).toBe(length)
  })

  it('is attributed to Stripe when it comes from an address of Stripe, as the trusted proxy tells it', async () => {
    const { http, metrics } = await start({ TRUSTED_PROXY_HOPS: '1' })
    const headers = { 'x-forwarded-for': '54.187.174.169, 3.18.12.63' }
    await post(http, { body, signature: null, headers })
    await post(http, { body, signature: null, headers: { 'x-forwarded-for': '3.18.12.63, 10.0.0.1' } })
    const samples = await metrics()
    expect(
      samples['keyflow_signature_failures_total{endpoint="default",reason="missing",source="stripe"}'],
    ).toBe(1)
    expect(
      samples['keyflow_signature_failures_total{endpoint="default",reason="missing",source="other"}'],
    ).toBe(1)
  })

  it('does not let a stranger claim an address where no proxy is trusted', async () => {
    const { http, metrics } = await start()
    await post(http, { body, signature: null, headers: { 'x-forwarded-for': '3.18.12.63' } })
    const samples = await metrics()
    expect(
      samples['keyflow_signature_failures_total{endpoint="default",reason="missing",source="other"}'],
    ).toBe(1)
  })
})

describe('further endpoints', () => {
  const env = {
    STRIPE_WEBHOOK_ENDPOINTS_JSON: JSON.stringify({
      connect: { secrets: [CONNECT_SECRET], mode: 'live', account: 'connect' },
    }),
  }

  it('have a path, a secret and a scope of their own', async () => {
    const { http, appended } = await start(env)
    const live = JSON.stringify(eventOf({ account: 'acct_1', livemode: true }))
    const signed = { body: live, signature: signatureOf(live, { secret: CONNECT_SECRET }) }
    expect(await post(http, { ...signed, path: '/connect' })).toMatchObject({ status: 200 })
    expect(appended[0]).toMatchObject({ key: 'acct_1:live:cus_1', headers: { ce_endpoint: 'connect' } })
    expect(await post(http, signed)).toMatchObject({ status: 400 })
    expect(await post(http, { body: live, path: '/connect' })).toMatchObject({ status: 400 })
  })

  it('are unknown unless declared', async () => {
    const { http } = await start(env)
    expect(await post(http, { body, path: '/constructor' })).toMatchObject({ status: 404 })
  })
})

describe('the head of a request', () => {
  it('must be a POST', async () => {
    const { http } = await start()
    const response = await fetch(`${http}/api/v1/webhooks/stripe`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it.each([
    ['a compressed body', { 'content-encoding': 'gzip' }, gzipSync(body)],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, body],
    ['a type that only begins like JSON', { 'content-type': 'application/jsonl' }, body],
  ])('is refused for %s, before a byte of the body is read', async (_, headers, sent) => {
    const { http, appended } = await start()
    const answer = await post(http, { body: sent, signature: signatureOf(sent), headers: headers as never })
    expect(answer).toMatchObject({ status: 415 })
    expect(appended).toEqual([])
  })

  it('may say that the body is not encoded', async () => {
    const { http } = await start()
    expect(await post(http, { body, headers: { 'content-encoding': 'identity' } })).toMatchObject({
      status: 200,
    })
  })
})

describe('the size of a body', () => {
  it('may be 1 MiB to the byte, and not one more', async () => {
    const { http, appended, metrics } = await start()
    expect(await post(http, { body: eventOfSize(MIB) })).toMatchObject({ status: 200 })
    const one = await post(http, { body: eventOfSize(MIB + 1) })
    expect(one).toMatchObject({ status: 413 })
    expect(one.headers.get('connection')).toBe('close')
    expect(appended).toHaveLength(1)
    expect((await metrics())[requests('too_large', 'unknown')]).toBe(1)
  })

  it('is counted while it streams, whatever the head has promised', async () => {
    const { http, metrics } = await start()
    const sending = request(`${http}/api/v1/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    })
    sending.on('error', () => {})
    const answered = once(sending, 'response')
    for (let sent = 0; sent <= MIB; sent += 65_536) sending.write(Buffer.alloc(65_536, 0x20))
    const [response] = (await answered) as [{ statusCode: number }]
    expect(response.statusCode).toBe(413)
    sending.destroy()
    const samples = await metrics()
    expect(samples[requests('too_large', 'unknown')]).toBe(1)
    expect(samples).not.toHaveProperty('keyflow_webhook_bytes_in_flight')
  })

  it('says nothing about our service where a stranger sent it: only Stripe and unnamed proxies count', async () => {
    const { http, metrics } = await start({ TRUSTED_PROXY_HOPS: '1' })
    const tooLarge = eventOfSize(MIB + 1)
    for (const address of ['203.0.113.9', '3.18.12.63'])
      expect(await post(http, { body: tooLarge, headers: { 'x-forwarded-for': address } })).toMatchObject({
        status: 413,
      })
    const samples = await metrics()
    expect(samples[requests('stranger_refused', 'unknown')]).toBe(1)
    expect(samples[requests('too_large', 'unknown')]).toBe(1)
  })

  it('of a request that breaks off is forgotten', async () => {
    const { http, metrics } = await start()
    const socket = connect(Number(new URL(http).port), '127.0.0.1')
    const head = 'POST /api/v1/webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    socket.write(`${head}Content-Length: 1000\r\n\r\n{"half`)
    const seen = async (name: string, value: number | undefined): Promise<void> => {
      while ((await metrics())[name] !== value) await new Promise(setImmediate)
    }
    await seen('keyflow_webhook_requests_in_flight', 1)
    socket.destroy()
    await seen('keyflow_webhook_requests_in_flight', undefined)
    await seen('keyflow_webhook_bytes_in_flight', undefined)
  })
})

describe('when the log does not take an event', () => {
  it.each([
    [
      'is away',
      new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'broker 10.0.0.7 is away'),
      'publish_failed',
    ],
    ['is full', new KeyflowError('transient', 'OVERLOADED', 'too many'), 'overloaded'],
  ])('because it %s, the sender is told to come again', async (_, error, outcome) => {
    const { http, metrics } = await start({}, () => Promise.reject(error))
    const answer = await post(http, { body })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.7')
    expect((await metrics())[requests(outcome)]).toBe(1)
  })

  it('because of a bug, that is a fault of ours, and its message stays here', async () => {
    const { http, metrics } = await start({}, () => Promise.reject(new TypeError('cannot read secret')))
    const answer = await post(http, { body })
    expect(answer).toMatchObject({ status: 500, body: { error: 'internal error' } })
    expect((await metrics())[requests('internal')]).toBe(1)
  })
})

describe('too much at once', () => {
  const holdFirst = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const answer = (): Promise<void> => {
      entered.resolve()
      return promise
    }
    return { answer, entered: entered.promise, release: resolve }
  }

  it.each([
    ['requests', { MAX_IN_FLIGHT_REQUESTS: '1' }],
    ['bytes', { MAX_IN_FLIGHT_BYTES: String(body.length) }],
  ])('of %s is refused at once, and taken again when there is room', async (_, env) => {
    const hold = holdFirst()
    const { http, metrics } = await start(env as Record<string, string>, hold.answer)
    const first = post(http, { body })
    await hold.entered
    const refused = await post(http, { body })
    expect(refused).toMatchObject({ status: 503, body: { error: 'too many requests in hand' } })
    expect(refused.headers.get('retry-after')).toBe('5')
    hold.release()
    expect(await first).toMatchObject({ status: 200 })
    expect(await post(http, { body })).toMatchObject({ status: 200 })
    const samples = await metrics()
    expect(samples[requests('overloaded', 'unknown')]).toBe(1)
    expect(samples).not.toHaveProperty('keyflow_webhook_requests_in_flight')
  })
})
