import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import type { LicenseEvent } from '@keyflow/contracts'
import { waitUntil } from '@keyflow/devstack'
import { createWorld, type World } from './outbound-world.ts'
import { startKeygenServer, startRestServer } from './stand-in-servers.ts'

const TOKEN = 'token-of-the-outside-server'
const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closers.reverse()) await close()
}, 60_000)

const until = (what: string, probe: () => boolean | Promise<boolean>, deadlineMs = 25_000) =>
  waitUntil(probe, { what, deadlineMs })

/** Versions of one license, of which each has a tier of its own. */
const life = (world: World, tiers: readonly string[], more: Partial<LicenseEvent> = {}): LicenseEvent[] => {
  const licenseId = randomUUID()
  return tiers.map((tier, at) => {
    const event = world.licenseEvent({ licenseId, licenseVersion: at + 1, ...more })
    return {
      ...event,
      type: at === 0 ? 'license.issued' : 'license.tier_changed',
      after: { ...event.after, tier },
    }
  })
}

const check = async (world: World, repair = false) => {
  const text = await world.askText('POST', '/mirror/check', { repair })
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { drifts: lines.filter(({ kind }) => kind === 'drift'), done: lines.at(-1) }
}

describe('a mirror on a server with the REST API', () => {
  let world: World
  let server: Awaited<ReturnType<typeof startRestServer>>
  const start = async () => {
    if (world !== undefined) return
    server = await startRestServer(TOKEN)
    closers.push(server.stop)
    world = await createWorld({ MIRROR_KIND: 'rest', MIRROR_URL: server.url, MIRROR_TOKEN: TOKEN })
    closers.push(world.close)
    await world.start()
  }
  afterEach(() => {
    server.trouble.length = 0
  })
  const mirroredAs = (event: LicenseEvent) =>
    [...server.licenses.values()].filter(
      ({ metadata }) => (metadata as Record<string, unknown>).keyflow_license_id === event.licenseId,
    )
  const isThere = (event: LicenseEvent) => () =>
    mirroredAs(event).some(
      ({ metadata, tier }) =>
        (metadata as Record<string, unknown>).keyflow_version === event.licenseVersion &&
        tier === event.after.tier,
    )

  it('has each license once, as it is now, whatever order and number its events come in', async () => {
    await start()
    const events = life(world, ['starter', 'pro', 'business', 'pro', 'business'])
    const last = events.at(-1) as LicenseEvent
    await world.publish([last])
    await world.publish([...events].reverse())
    await world.publish(events)
    await until('the newest state', isThere(last))
    expect(mirroredAs(last)).toHaveLength(1)
    expect(mirroredAs(last)[0]).toMatchObject({ tier: 'business', max_domains: 10, status: 'active' })
    const posts = server.asked.filter(({ method }) => method === 'POST')
    expect(posts[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'idempotency-key': `keyflow:${last.licenseId}`,
    })
    expect(posts[0]?.body).not.toHaveProperty('customer_email')
    expect(JSON.stringify(server.asked)).not.toContain('sealed-license-key')
  }, 60_000)

  it('gets no second license when an answer is lost, nor when it answers 409', async () => {
    server.trouble.push('drop')
    const [lost] = life(world, ['pro']) as [LicenseEvent]
    await world.publish([lost])
    await until('the lost one', isThere(lost))
    expect(mirroredAs(lost)).toHaveLength(1)
    server.answerConflicts()
    server.trouble.push('drop')
    const [conflicting] = life(world, ['pro']) as [LicenseEvent]
    await world.publish([conflicting])
    await until('the conflicting one', isThere(conflicting))
    expect(mirroredAs(conflicting)).toHaveLength(1)
  }, 60_000)

  it('is brought up to date after an outage, with the newest state alone', async () => {
    server.trouble.push(503, 503)
    const events = life(world, ['starter', 'pro', 'business'])
    for (const event of events) await world.publish([event])
    await until('the newest state', isThere(events.at(-1) as LicenseEvent), 50_000)
    expect(mirroredAs(events[0] as LicenseEvent)).toHaveLength(1)
  }, 60_000)

  it('is checked: what somebody changed or deleted there is found, named and put right', async () => {
    const [changed, deleted] = [...life(world, ['pro']), ...life(world, ['pro'])] as [
      LicenseEvent,
      LicenseEvent,
    ]
    await world.publish([changed, deleted])
    await until('both', () => isThere(changed)() && isThere(deleted)())
    await until('nothing differs', async () => (await check(world)).drifts.length === 0)
    Object.assign(mirroredAs(changed)[0] ?? {}, { tier: 'starter', status: 'suspended' })
    server.licenses.delete(String(mirroredAs(deleted)[0]?.id))
    const { drifts, done } = await check(world)
    expect(drifts).toEqual(
      expect.arrayContaining([
        { kind: 'drift', license: changed.licenseId, drift: 'differs', fields: ['tier', 'status'] },
        { kind: 'drift', license: deleted.licenseId, drift: 'missing', fields: [] },
      ]),
    )
    expect(done).toMatchObject({ kind: 'done', drifted: 2, repaired: 0 })
    expect((await check(world, true)).done).toMatchObject({ repaired: 2 })
    await until('it is put right', async () => (await check(world)).drifts.length === 0)
    expect([mirroredAs(changed)[0]?.tier, mirroredAs(deleted).length]).toEqual(['pro', 1])
  }, 60_000)
})

describe('a mirror on Keygen', () => {
  it('has each license once, under the policy of its tier, suspended when it may not be used', async () => {
    const server = await startKeygenServer('acme', TOKEN)
    closers.push(server.stop)
    const world = await createWorld({
      MIRROR_KIND: 'keygen',
      MIRROR_URL: server.url,
      MIRROR_TOKEN: TOKEN,
      MIRROR_KEYGEN_ACCOUNT: 'acme',
      MIRROR_KEYGEN_POLICIES: 'starter=pol_s,pro=pol_p',
    })
    closers.push(world.close)
    await world.start()
    const found = (event: LicenseEvent) =>
      [...server.licenses.values()].filter(
        ({ attributes }) => JSON.stringify(attributes).includes(event.licenseId) === true,
      )
    const [issued, upgraded] = life(world, ['starter', 'pro']) as [LicenseEvent, LicenseEvent]
    await world.publish([issued])
    await until('the license', () => found(issued).length === 1)
    expect(found(issued)[0]).toMatchObject({
      attributes: { suspended: false, expiry: '2026-12-24T00:00:00.000Z', metadata: { tier: 'starter' } },
      relationships: { policy: { data: { type: 'policies', id: 'pol_s' } } },
    })
    const suspended = {
      ...upgraded,
      after: { ...upgraded.after, status: 'suspended' as const },
    }
    await world.publish([suspended])
    await until('its suspension', () => JSON.stringify(found(issued)).includes('pol_p'))
    expect(found(issued)).toMatchObject([
      { attributes: { suspended: true, metadata: { tier: 'pro', keyflowVersion: 2 } } },
    ])
    await until('nothing differs', async () => (await check(world)).drifts.length === 0)
    const [strange] = life(world, ['unheard-of']) as [LicenseEvent]
    await world.publish([strange])
    await until('a tier without a policy is seen', async () =>
      (await check(world)).drifts.some(
        ({ license, drift }) => license === strange.licenseId && drift === 'waiting',
      ),
    )
    expect(found(strange)).toEqual([])
  }, 60_000)
})

describe('a mirror that is set up later', () => {
  it('gets the licenses that have been there', async () => {
    const server = await startRestServer(TOKEN)
    closers.push(server.stop)
    const world = await createWorld()
    closers.push(world.close)
    const before = await world.start()
    const [event] = life(world, ['pro']) as [LicenseEvent]
    await world.publish([event])
    await until(
      'the license to be known',
      async () => (await world.store.db.collection('deliveries').countDocuments({ lane: 'mirror' })) === 1,
    )
    expect((await world.ask('POST', '/mirror/check', {})).http).toBe(404)
    await before.stop()
    await world.start({}, { MIRROR_KIND: 'rest', MIRROR_URL: server.url, MIRROR_TOKEN: TOKEN })
    await until('the license on the server', () => server.licenses.size === 1)
  }, 60_000)
})
