import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { runKeyflow } from '@keyflow/cli'
import type { LicenseEvent } from '@keyflow/contracts'
import { waitUntil } from '@keyflow/devstack'
import { Webhook } from 'standardwebhooks'
import { pipes } from '../../../packages/cli/test/world.ts'
import type { Delivery } from '../src/adapters/mongo-deliveries.ts'
import { createWorld, type World } from './outbound-world.ts'
import { answering, type Receiver, startReceiver } from './receiver.ts'

const AUDIT = { actor: 'ada', reason: 'test' }
const receivers: Receiver[] = []
let world: World
/** Names that are ours to answer. */
const names = new Map<string, string[]>()

const resolve = ((name: string, _options: object, done: (error: Error | null, found: object[]) => void) => {
  const answers = names.get(name)
  // Each question is answered by the next address: what a rebinding name does.
  const address = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0]
  if (address === undefined) return done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
  return done(null, [{ address, family: 4 }])
}) as unknown as NonNullable<Parameters<World['start']>[0]>['resolve'] & {}

beforeAll(async () => {
  world = await createWorld({
    OUTBOUND_TIMEOUT_MS: '4000',
    WEBHOOK_DISABLE_AFTER_HOURS: '0',
    WEBHOOK_DISABLE_MIN_FAILURES: '12',
  })
  await world.start({ resolve })
}, 60_000)
afterAll(async () => {
  await world.close()
  await Promise.all(receivers.map((receiver) => receiver.stop()))
}, 60_000)

afterEach(async () => {
  const { data } = await world.ask('GET', '/webhook-endpoints')
  for (const { id } of data as { id: string }[]) await remove(id)
})

const receiver = async (...args: Parameters<typeof startReceiver>): Promise<Receiver> => {
  const started = await startReceiver(...args)
  receivers.push(started)
  return started
}
const create = async (url: string, more: object = {}) => {
  const made = await world.ask('POST', '/webhook-endpoints', { url, ...AUDIT, ...more })
  expect(made.http).toBe(201)
  return { id: String(made.id), secret: String(made.secret) }
}
const until = (what: string, probe: () => boolean | Promise<boolean>, deadlineMs = 20_000) =>
  waitUntil(probe, { what, deadlineMs })
const several = (count: number, more: Partial<LicenseEvent> = {}): LicenseEvent[] =>
  Array.from({ length: count }, () => world.licenseEvent(more))
const hasAll = (by: Receiver, events: readonly LicenseEvent[]) => () =>
  events.every(({ id }) => by.counts().has(id))
const deliveries = async (endpoint: string, state?: string) =>
  (
    await world.ask(
      'GET',
      `/webhook-endpoints/${endpoint}/deliveries?limit=200${state ? `&state=${state}` : ''}`,
    )
  ).data as {
    event: string
    state: string
    note: string | null
    attempts: { result: string; status: number }[]
  }[]
const stateOf = async (endpoint: string) => (await world.ask('GET', `/webhook-endpoints/${endpoint}`)).state
const remove = (endpoint: string) => world.ask('DELETE', `/webhook-endpoints/${endpoint}`, AUDIT)

describe('a receiver of outgoing webhooks', () => {
  it('verifies them with the standardwebhooks package, and reads the event without key and contacts', async () => {
    const good = await receiver(answering(204))
    const { id, secret } = await create(good.url)
    const [event] = several(1)
    await world.publish([event as LicenseEvent])
    await until('the webhook', () => good.received.length === 1)
    const [got] = good.received
    const payload = new Webhook(secret).verify(got?.body ?? '', got?.headers as Record<string, string>)
    expect(payload).toMatchObject({
      type: 'license.issued',
      timestamp: event?.at,
      data: { id: event?.id, licenseId: event?.licenseId, licenseVersion: 1, after: { tier: 'pro' } },
    })
    expect(got?.body).not.toMatch(/sealed-license-key|contactRefs/)
    expect(() =>
      new Webhook(secret).verify(`${got?.body} `, got?.headers as Record<string, string>),
    ).toThrow()
    await until('the record of it', async () => (await deliveries(id))[0]?.state === 'delivered')
    expect(await deliveries(id)).toMatchObject([
      { event: event?.id, attempts: [{ result: 'ok', status: 204 }] },
    ])
    await remove(id)
  })

  it('gets each event once, however often it is published, in its mode and of the types it asked for', async () => {
    const good = await receiver(answering(200))
    const { id } = await create(good.url, { event_types: ['license.issued'], livemode: true })
    const wanted = several(20)
    const others = [...several(3, { livemode: false }), ...several(3, { type: 'license.renewed' })]
    for (let times = 0; times < 3; times += 1) await world.publish([...others, ...wanted])
    await until('all that it wants', hasAll(good, wanted))
    const last = several(1)
    await world.publish(last)
    await until('the last one', hasAll(good, last))
    expect(Object.fromEntries(good.counts())).toEqual(
      Object.fromEntries([...wanted, ...last].map((event) => [event.id, 1])),
    )
    await remove(id)
  })

  it('may go over to a new secret whenever it likes while the old one is still in force', async () => {
    const good = await receiver(answering(200))
    const old = await create(good.url)
    const rotated = await world.ask('POST', `/webhook-endpoints/${old.id}/rotate-secret`, AUDIT)
    await world.ask('POST', `/webhook-endpoints/${old.id}/test`)
    await until('a webhook', () => good.received.length === 1)
    const [got] = good.received
    for (const secret of [old.secret, String(rotated.secret)])
      new Webhook(secret).verify(got?.body ?? '', got?.headers as Record<string, string>)
    await world.ask('POST', `/webhook-endpoints/${old.id}/rotate-secret`, { ...AUDIT, overlap_hours: 0 })
    await world.ask('POST', `/webhook-endpoints/${old.id}/test`)
    await until('another', () => good.received.length === 2)
    const { body = '', headers = {} } = good.received[1] ?? {}
    for (const secret of [old.secret, String(rotated.secret)])
      expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).toThrow()
    await remove(old.id)
  })
})

describe('slow, failing and malicious receivers', () => {
  it('change nothing for the others, and reach nothing that is private', async () => {
    const secret = await receiver(answering(200), '127.0.0.2')
    const slow = await receiver(() => {})
    const failing = await receiver(answering(500))
    const flooding = await receiver((response) => {
      response.writeHead(200)
      const pour = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', pour)
      }
      pour()
    })
    const redirecting = await receiver(answering(302, { location: secret.url }))
    const good = await receiver(answering(200))
    names.set('private.test', ['127.0.0.2'])
    // The first answer would pass every check that is made before the connection.
    names.set('rebinding.test', ['127.0.0.1', '127.0.0.2'])
    const bad = {
      slow: await create(slow.url),
      failing: await create(failing.url),
      flooding: await create(flooding.url),
      redirecting: await create(redirecting.url),
      direct: await create(secret.url),
      named: await create(`http://private.test:${secret.port}/`),
      rebinding: await create(`http://rebinding.test:${secret.port}/`),
      nameless: await create('http://nowhere.test/'),
    }
    const well = await create(good.url)
    const events = several(10)
    const started = performance.now()
    await world.publish(events)
    await until('all events at the good receiver', hasAll(good, events))
    // With hands that all endpoints share, the slow one alone would keep them busy for ten seconds.
    expect(performance.now() - started).toBeLessThan(8000)
    const results = async (id: string) =>
      new Set((await deliveries(id)).flatMap(({ attempts }) => attempts.map(({ result }) => result)))
    await until('attempts at all of them', async () => {
      for (const { id } of Object.values(bad))
        if ((await deliveries(id)).every(({ attempts }) => attempts.length === 0)) return false
      return true
    })
    expect([...(await results(bad.slow.id))]).toEqual(['timeout'])
    expect([...(await results(bad.failing.id))]).toEqual(['status'])
    expect([...(await results(bad.flooding.id))]).toEqual(['ok'])
    expect([...(await results(bad.redirecting.id))]).toEqual(['redirect'])
    expect([...(await results(bad.direct.id))]).toEqual(['blocked'])
    expect([...(await results(bad.named.id))]).toEqual(['blocked'])
    expect([...(await results(bad.rebinding.id))]).toEqual(expect.arrayContaining(['blocked']))
    expect([...(await results(bad.nameless.id))]).toEqual(['dns'])
    expect(secret.received).toEqual([])
    expect([...good.counts().values()].every((count) => count === 1)).toBe(true)
    for (const { id } of [...Object.values(bad), well]) await remove(id)
  }, 60_000)

  it('are tried again with the same id until they take it', async () => {
    let failures = 2
    const moody = await receiver((response) => {
      failures -= 1
      response.writeHead(failures >= 0 ? 503 : 200).end()
    })
    const { id } = await create(moody.url)
    const [event] = several(1) as [LicenseEvent]
    await world.publish([event])
    await until('the first failure', async () => (await deliveries(id))[0]?.attempts.length === 1)
    expect(await deliveries(id, 'pending')).toHaveLength(1)
    // The schedule's own waits are seconds and minutes: an operator is quicker.
    const again = () => world.ask('POST', '/webhook-deliveries/redeliver', { id: `${id}/${event.id}` })
    expect((await again()).http).toBe(202)
    await until('the second failure', async () => (await deliveries(id))[0]?.attempts.length === 2)
    await again()
    await until('success', async () => (await deliveries(id))[0]?.state === 'delivered')
    expect([...moody.counts()]).toEqual([[event.id, 3]])
    await remove(id)
  })

  it('come again by themselves after a failure', async () => {
    let failures = 1
    const moody = await receiver((response) => {
      failures -= 1
      response.writeHead(failures >= 0 ? 500 : 200).end()
    })
    const { id } = await create(moody.url)
    await world.publish(several(1))
    await until('success', async () => (await deliveries(id))[0]?.state === 'delivered', 15_000)
    expect((await deliveries(id))[0]?.attempts.map(({ status }) => status)).toEqual([500, 200])
    await remove(id)
  }, 30_000)
})

describe('an endpoint', () => {
  it('that fails for too long is disabled visibly; once enabled again it gets what it missed', async () => {
    let isBroken = true
    const moody = await receiver((response) => response.writeHead(isBroken ? 500 : 200).end())
    const { id } = await create(moody.url)
    const before = new Date().toISOString()
    const missed = several(15)
    await world.publish(missed)
    await until('it to be disabled', async () => (await stateOf(id)) === 'disabled')
    const shown = await world.ask('GET', `/webhook-endpoints/${id}`)
    expect(shown).toMatchObject({ disabled_for: 'failures', disabled_at: expect.any(String) })
    const disabled = (await world.metrics())
      .split('\n')
      .filter((line) => /^keyflow_webhook_endpoints.*(disabled"|failures")/.test(line))
    expect(disabled).toEqual([
      expect.stringMatching(/reason="failures"} [1-9]/),
      'keyflow_webhook_endpoints{state="disabled"} 1',
    ])
    const later = several(3)
    await world.publish(later)
    await until('later events are put by', async () => (await deliveries(id, 'failed')).length >= 18)
    isBroken = false
    await world.ask('PATCH', `/webhook-endpoints/${id}`, { ...AUDIT, enabled: true })
    expect(await stateOf(id)).toBe('active')
    const answer = await world.ask('POST', `/webhook-endpoints/${id}/redeliver`, { since: before })
    expect(answer).toEqual({ http: 202, redelivered: 18 })
    await until('all it missed', async () => (await deliveries(id, 'delivered')).length === 18)
    await remove(id)
  })

  it('that says it is gone is believed at once', async () => {
    const gone = await receiver(answering(410))
    const { id } = await create(gone.url)
    await world.publish(several(1))
    await until('it to be disabled', async () => (await stateOf(id)) === 'disabled')
    expect(await world.ask('GET', `/webhook-endpoints/${id}`)).toMatchObject({ disabled_for: 'gone' })
    await remove(id)
  })

  it('is not told what happened before it was there, nor what is too old to be news', async () => {
    const good = await receiver(answering(200))
    const { id } = await create(good.url)
    const past = several(1, { at: '2026-01-01T00:00:00.000Z' })
    const now = several(1)
    await world.publish([...past, ...now])
    await until('what is news', hasAll(good, now))
    expect(good.received).toHaveLength(1)
    await remove(id)
  })

  it('is changed by operators alone, who say why; its secret is shown once', async () => {
    expect((await world.ask('GET', '/webhook-endpoints', undefined, 'wrong')).http).toBe(401)
    const url = 'https://example.com/'
    expect((await world.ask('POST', '/webhook-endpoints', { url })).http).toBe(400)
    for (const odd of ['ftp://x/', 'https://u:p@x/', 'nothing'])
      expect((await world.ask('POST', '/webhook-endpoints', { url: odd, ...AUDIT })).http).toBe(422)
    expect((await world.ask('POST', '/webhook-endpoints', { url, ...AUDIT, event_types: ['x'] })).http).toBe(
      400,
    )
    const { id, secret } = await create(url)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(JSON.stringify(await world.ask('GET', '/webhook-endpoints'))).not.toContain('whsec_')
    const rows = JSON.stringify(await world.store.db.collection('endpoints').find().toArray())
    expect(rows).not.toContain(secret.slice(6))
    await remove(id)
    expect((await world.ask('GET', `/webhook-endpoints/${id}`)).http).toBe(404)
  })
})

describe('the keyflow command', () => {
  it('adds, tries, shows, rotates, switches off and removes an endpoint', async () => {
    const good = await receiver(answering(200))
    const run = async (...line: string[]) => {
      const { world: terminal, written } = pipes({ ...world.cliEnvironment(), KEYFLOW_ACTOR: 'ada' })
      const code = await runKeyflow(['webhooks', ...line, '--json'], terminal)
      expect([code, written.stderr.match(/Error/)]).toEqual([0, null])
      return JSON.parse(written.stdout) as Record<string, unknown>
    }
    const because = ['--reason', 'test']
    const { id, secret } = (await run('add', good.url, '--live', ...because)) as {
      id: string
      secret: string
    }
    expect(await run('list')).toMatchObject({ data: [{ id, state: 'active', livemode: true }] })
    const { event } = await run('ping', id)
    await until('the test event', () => good.counts().has(String(event)))
    const { body = '', headers = {} } = good.received[0] ?? {}
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'webhook.test',
    })
    await until('its record', async () => (await deliveries(id))[0]?.state === 'delivered')
    const shown = (await run('deliveries', id)).data as { id: string }[]
    expect(await run('redeliver', shown[0]?.id ?? '')).toEqual({ redelivered: 1 })
    expect(await run('rotate-secret', id, '--overlap', '0', ...because)).toMatchObject({ id })
    expect(await run('disable', id, ...because)).toMatchObject({ state: 'off' })
    expect(await run('enable', id, ...because)).toMatchObject({ state: 'active' })
    expect(await run('remove', id, ...because, '--yes')).toEqual({ id, deleted: true })
  }, 60_000)
})

describe('several replicas', () => {
  it('take up what a dead one had in hand, when its lease has run out and not before', async () => {
    const good = await receiver(answering(200))
    const { id } = await create(good.url)
    const now = Date.now()
    const inHand: Delivery = {
      _id: `${id}/left-behind:1`,
      lane: id,
      subject: 'left-behind:1',
      type: 'license.issued',
      body: '{}',
      version: 1,
      state: 'pending',
      dueAt: new Date(now + 1500),
      claim: 'of a process that was killed',
      createdAt: new Date(now),
      windowAt: new Date(now),
      failures: 0,
      attempts: [],
      settledAt: null,
      note: null,
      externalId: null,
    }
    await world.store.db.collection<Delivery>('deliveries').insertOne(inHand)
    await until('it to be delivered', () => good.received.length === 1)
    expect(Date.now()).toBeGreaterThanOrEqual(now + 1400)
    expect(good.received[0]?.id).toBe('left-behind:1')
  })

  it('share the work: of a hundred events each comes once, and none is lost when one of them goes', async () => {
    const second = await world.start({ resolve })
    const good = await receiver(answering(200))
    const { id } = await create(good.url)
    const events = several(100)
    const publishing = world.publish(events)
    await until('some of them', () => good.received.length > 10)
    await second.stop()
    await publishing
    await until('all of them', hasAll(good, events), 40_000)
    expect([...good.counts().values()].filter((count) => count !== 1)).toEqual([])
    await remove(id)
  }, 60_000)
})
