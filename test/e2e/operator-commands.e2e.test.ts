import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { type Addresses, sharedStack, waitUntil } from '@keyflow/devstack'
import { createKafka, createLogger, createPublisher, writeGeneration } from '@keyflow/runtime'
import { startRestServer } from '../../services/outbound/test/stand-in-servers.ts'
import { type CommandRun, runCommand } from './run-command.ts'
import { ALL_SERVICES, type ServiceName, topicPrefix } from './service-settings.ts'
import { startWorld, type World } from './world.ts'

const MIRROR_TOKEN = 'mirror-token-for-tests'
const OK = 0
const FOUND = 3

let addresses: Addresses
let world: World
let mirror: Awaited<ReturnType<typeof startRestServer>>
let folder: string

beforeAll(async () => {
  addresses = await sharedStack()
  mirror = await startRestServer(MIRROR_TOKEN)
  folder = mkdtempSync(join(tmpdir(), 'keyflow-commands-'))
  world = await startWorld({
    ...addresses,
    partitions: 2,
    services: ALL_SERVICES,
    settings: {
      MIRROR_KIND: 'rest',
      MIRROR_URL: mirror.url,
      MIRROR_TOKEN,
      MIRROR_MODE: 'test',
      RECONCILE_MINUTES: '0',
      RECONCILE_OBJECTS_HOURS: '0',
    },
  })
  for (const [at, price] of ['price_starter_monthly', 'price_pro_monthly'].entries())
    await world.shop.buy(`before-${at}@example.com`, price)
  await world.untilQuiet()
}, 120_000)
afterAll(async () => {
  await world?.stop()
  await mirror?.stop()
  if (folder !== undefined) rmSync(folder, { recursive: true })
}, 60_000)

const keyflow = (...line: string[]): Promise<CommandRun> =>
  runCommand(world.surroundings, line, { more: { ARCHIVE_URL: join(folder, 'archive') } })

/** What a command says with --json, and how it ended. */
const asked = async <T = Readonly<Record<string, unknown>>>(...line: string[]) => {
  const run = await keyflow(...line, '--json')
  // What went wrong stands on the other stream, never between the lines of JSON.
  if (run.stdout === '') throw new Error(`keyflow ${line.join(' ')} ended with ${run.code}: ${run.stderr}`)
  return { code: run.code, said: JSON.parse(run.stdout) as T }
}

const licenses = () => world.audit.licenses()

const publishRaw = async (service: ServiceName, value: string): Promise<void> => {
  const logger = createLogger({ service: 'test', level: 'silent' })
  const publisher = await createPublisher({
    kafka: createKafka({ clientId: 'test', brokers: addresses.brokers, logger }),
  })
  const topic = `${topicPrefix(world.name)}${TOPICS.stripeEvents.name}`
  await publisher.publish({ topic, key: `platform:test:${service}`, value, headers: {} })
  await publisher.close()
}

describe("the operator's command against a running installation", () => {
  it('connects Stripe, with its catalog draft and a test event that arrives, and doctor then finds nothing to mend', async () => {
    const files = ['--secrets', join(folder, 'secrets.env'), '--catalog', join(folder, 'draft.yaml')]
    const { code, said } = await asked(
      'connect',
      '--url',
      world.webhook.url,
      ...files,
      '--test-event',
      '--yes',
    )
    expect(code).toBe(OK)
    expect(said).toMatchObject({ livemode: false, event: { type: 'customer.created' } })
    await world.untilQuiet()
    const doctor = await asked<{ findings: { check: string; verdict: string; what: string }[] }>('doctor')
    expect(doctor.said.findings.filter(({ verdict }) => verdict === 'problem')).toEqual([])
    const wanted = [
      'stripe.key',
      'kafka.topics',
      'ingest',
      'licensing',
      'dunning',
      'notifier',
      'outbound',
      'catalog',
    ]
    expect(doctor.said.findings.map(({ check }) => check)).toEqual(expect.arrayContaining(wanted))
    expect(doctor.code).toBe(OK)

    // One thing is broken: it is found, and said how to mend it.
    await world.shop.holdWebhooks(true)
    const broken = await keyflow('doctor', '--only', 'stripe')
    await world.shop.holdWebhooks(false)
    expect(broken.code).toBe(FOUND)
    expect(broken.stdout).toMatch(/PROBLEM .*disabled/)
    expect(broken.stdout).toContain('->')
  }, 60_000)

  it('previews and applies a catalog, and rolls it back', async () => {
    const shown = await keyflow('catalog', 'show')
    const file = join(folder, 'catalog.yaml')
    writeFileSync(file, shown.stdout.replace(/(starter:\n\s+max_domains: )\d+/, '$17'))
    expect((await keyflow('catalog', 'lint', file)).code).toBe(OK)
    const preview = await asked('catalog', 'preview', file)
    expect([preview.code, preview.said.changed]).toEqual([FOUND, 1])
    expect((await keyflow('catalog', 'apply', file, '--reason', 'spring', '--yes')).stdout).toContain(
      '1 licenses were changed',
    )
    expect((await keyflow('catalog', 'rollback', '--reason', 'wrong', '--yes')).code).toBe(OK)
    await world.untilQuiet()
  }, 60_000)

  it('finds what Stripe never told, repairs it by the log, and then nothing is left to repair', async () => {
    await world.shop.holdWebhooks(true)
    const { subscription } = await world.shop.buy('unheard@example.com', 'price_pro_monthly')
    const order = ['reconcile', '--min-age', '0']
    const look = await asked<{ unaccounted: number; events: Record<string, number> }>(...order, '--dry-run')
    expect(look.code).toBe(FOUND)
    expect(look.said.unaccounted).toBe(0)
    expect(look.said.events.missing).toBeGreaterThan(0)
    expect(await world.audit.licenses(subscription)).toEqual([])

    expect((await keyflow(...order, '--layer', 'undelivered', 'events', '--yes')).stdout).toMatch(
      /Stripe lists \d+ events .* = \d+ folded \+ 0 given up/,
    )
    await world.shop.holdWebhooks(false)
    await world.mailbox.untilKey('unheard@example.com')
    await world.untilQuiet()
    expect(await world.audit.licenses(subscription)).toHaveLength(1)
    const again = await asked<{ drift: unknown[]; appended: unknown }>(...order, '--full', '--yes')
    expect(again.said).toMatchObject({ drift: [], appended: { events: 0, snapshots: 0 } })
    expect(again.code).toBe(OK)
  }, 90_000)

  it('sends again what a service has given up, after a look, with actor and reason', async () => {
    await publishRaw('licensing', 'no JSON at all')
    await waitUntil(async () => (await world.audit.deadLetters()) >= 3, {
      what: 'each service to give it up',
      deadlineMs: 30_000,
    })
    const look = await asked('redrive', 'licensing', '--dry-run', '--reason', 'look')
    expect(look.said).toMatchObject({ matched: 1, published: 0, dry_run: true })
    const done = await asked('redrive', 'licensing', '--code', 'not_json', '--reason', 'once more', '--yes')
    expect(done.said).toMatchObject({ matched: 1, published: 1, dry_run: false })
    const letter = await world.audit.stores.licensing.db
      .collection('dead_letters')
      .findOne({ state: 'redriven' })
    expect(letter?.redrives).toEqual([expect.objectContaining({ actor: 'ada', reason: 'once more' })])
    const odd = await keyflow('redrive', 'nobody', '--reason', 'look', '--yes')
    expect([odd.code === OK, odd.stderr]).toEqual([false, expect.stringContaining('licensing, dunning')])
  }, 60_000)

  it('keeps the outside license server equal, and brings there again what somebody changed', async () => {
    const all = (await licenses()).length
    await waitUntil(() => mirror.licenses.size === all, { what: 'all to be there', deadlineMs: 30_000 })
    const well = await asked('mirror', 'check')
    expect([well.code, well.said]).toEqual([OK, expect.objectContaining({ checked: all, drifted: 0 })])
    const [one] = mirror.licenses.values()
    Object.assign(one ?? {}, { tier: 'stolen' })
    const found = await asked('mirror', 'check', '--repair')
    expect(found.code).toBe(FOUND)
    expect(found.said).toMatchObject({ drifted: 1, repaired: 1, drifts: [{ fields: ['tier'] }] })
    await waitUntil(async () => (await keyflow('mirror', 'check')).code === OK, {
      what: 'it to be as it should be',
      deadlineMs: 30_000,
      everyMs: 500,
    })
    expect(one?.tier).not.toBe('stolen')
  }, 90_000)

  it('archives the log, checks the archive, and rebuilds from it without the beginning of the topics', async () => {
    const first = await asked<{ added: number }>('archive', 'run')
    expect(first.said.added).toBeGreaterThan(10)
    expect((await asked<{ added: number }>('archive', 'run')).said.added).toBe(0)
    expect((await keyflow('archive', 'verify')).code).toBe(OK)
    await world.audit.deleteRecords(TOPICS.stripeEvents.name)
    await world.audit.deleteRecords(TOPICS.stripeSnapshots.name)
    await world.shop.buy('after-archive@example.com', 'price_starter_monthly')
    await world.mailbox.untilKey('after-archive@example.com')
    await world.untilQuiet()

    const without = await keyflow('rebuild')
    expect(without.code).not.toBe(OK)
    expect(without.stderr).toContain('the records between are gone')
    const rebuilt = await asked('rebuild', '--archive')
    expect(rebuilt.said.different).toEqual([])
    expect(rebuilt.said.rebuilt).toEqual(rebuilt.said.live)
    expect([rebuilt.code, rebuilt.said.same]).toEqual([OK, true])
    const dunning = await runCommand(
      world.surroundings,
      ['rebuild', '--service', 'dunning', '--archive', '--json'],
      { as: 'dunning', more: { ARCHIVE_URL: join(folder, 'archive') } },
    )
    expect([dunning.code, JSON.parse(dunning.stdout).same]).toEqual([OK, true])
  }, 120_000)

  it('puts a rebuild in force under running services, and undoes a switch that was cut off', async () => {
    const mails = world.mailbox.count()
    const service = world.service('licensing')
    const switched = await asked('rebuild', '--archive', '--switch', '--yes')
    expect(switched.said).toMatchObject({ same: true, switched: { toTell: 0 } })
    // Its supervisor starts it again; here that is us.
    expect(await service.exited).toMatchObject({ code: 1 })
    await world.start('licensing')
    const { subscription } = await world.shop.buy('after-switch@example.com', 'price_pro_monthly')
    const key = await world.mailbox.untilKey('after-switch@example.com')
    expect(await world.validate(key)).toMatchObject({ valid: true, license: { tier: 'pro' } })
    await world.untilQuiet()
    expect(subscription).not.toBe('')
    expect(world.mailbox.count()).toBe(mails + 1)

    expect((await keyflow('rebuild', '--undo', '--yes')).stderr).toContain('no switch was cut off')
    const inForce = await world.audit.inForce('licensing')
    await writeGeneration(inForce.store, { state: 'retired', group: inForce.groupId, next: null })
    expect(await asked('rebuild', '--undo', '--yes')).toMatchObject({ code: OK, said: { undone: true } })
    await world.shop.buy('after-undo@example.com', 'price_pro_monthly')
    await world.mailbox.untilKey('after-undo@example.com')
  }, 120_000)
})
