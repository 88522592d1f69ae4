import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { CatalogContent, LicenseSummary } from '@keyflow/contracts'
import { delay } from '@keyflow/runtime'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** More than the sweep looks at, and writes, at once. */
const BUYERS = 620
/** SWEEP_KILLS=20 for a longer look. */
const RANDOM_KILLS = Number(process.env.SWEEP_KILLS ?? 1)

interface Line {
  readonly kind: string
  readonly licenseId: string
  readonly event: string
  readonly after: LicenseSummary
}

let licensing: RunningLicensing
const children: ChildProcess[] = []

beforeAll(async () => {
  licensing = await runLicensing({ RECONCILE_MINUTES: '0', RECONCILE_OBJECTS_HOURS: '0' })
  await licensing.start()
  const account = createStripeAccount('kill', Math.floor(Date.now() / 1000) - 100)
  for (let at = 0; at < BUYERS; at += 1) {
    const price = at % 4 === 0 ? 'price_pro_monthly' : 'price_starter_monthly'
    createSubscriptionStory(account, { price, trial: false, payAtOnce: true })
  }
  await licensing.publish(account.events, (event) => event.id)
  await until('all are issued', () => licensing.events().length >= BUYERS, 60_000)
  await licensing.stopApps()
  // What was written shortly before a sweep is looked at once more: these were written long before.
  await licensing.store.db
    .collection('ledgers')
    .updateMany({}, { $set: { updatedAt: new Date(Date.now() - 3_600_000) } })
}, 120_000)
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await licensing?.stop()
})

const sweeps = () =>
  licensing.store.db.collection<{ _id: number; owner: string; finishedAt: Date | null }>('catalog_sweeps')

const spawnLicensing = (failpoint = ''): ChildProcess => {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...licensing.env, FAILPOINTS: failpoint },
    stdio: 'ignore',
  })
  children.push(child)
  return child
}

/** The lease of a process that is gone runs out by itself; nobody waits for that here. */
const endLease = (version: number) => sweeps().updateOne({ _id: version }, { $set: { until: new Date(0) } })

describe('a sweep that brings licenses to a new catalog', () => {
  it('ends as if nothing had been, however often and wherever it is killed: each change once, and counted once', async () => {
    const first = spawnLicensing('sweep.scanned')
    await until(
      'the service to answer',
      async () => (await fetch(`${licensing.api}/api/v1/openapi.json`)).status > 0,
      60_000,
    )
    const { version: parent, content } = (await licensing.ask('GET', '/catalog')) as unknown as {
      version: number
      content: CatalogContent
    }
    const version = parent + 1
    const tiers = { ...content.tiers, starter: { max_domains: 5, features: ['updates'] } }
    const wanted = { content: { ...content, tiers } }
    const foreseen = (await (await licensing.call('POST', '/catalog/preview', wanted)).text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
      .filter(({ kind }) => kind === 'change')
    expect(foreseen).toHaveLength(BUYERS - Math.ceil(BUYERS / 4))

    const gone = once(first, 'exit')
    await licensing
      .ask('POST', '/catalog/versions', { ...wanted, parent, actor: 'ada', reason: 'a test' })
      .catch(() => undefined)
    expect(await gone).toEqual([null, 'SIGKILL'])
    for (const failpoint of ['sweep.committed', 'sweep.recorded']) {
      await endLease(version)
      expect(await once(spawnLicensing(failpoint), 'exit')).toEqual([null, 'SIGKILL'])
    }
    for (let kill = 0; kill < RANDOM_KILLS; kill += 1) {
      const before = await sweeps().findOne({ _id: version })
      if (before?.finishedAt != null) break
      await endLease(version)
      const child = spawnLicensing()
      const isBegun = async () => (await sweeps().findOne({ _id: version }))?.owner !== before?.owner
      await until('the next one to take the sweep up', isBegun, 60_000)
      await delay(Math.random() * 250)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await endLease(version)
    await licensing.start()
    await until(
      'all to be swept and told',
      async () =>
        (await sweeps().findOne({ _id: version }))?.finishedAt != null &&
        (await licensing.store.db.collection('outbox').countDocuments()) === 0,
      60_000,
    )

    // A record may stand twice on the topic; by its id it is one event.
    const told = () =>
      new Map(
        licensing
          .events()
          .slice(BUYERS)
          .map((event) => [event.id, event]),
      )
    await until('all to be told', () => told().size >= foreseen.length)
    const toldOnce = [...told().values()].map(({ licenseId, type, after }) => ({
      licenseId,
      event: type,
      after,
    }))
    const byLicense = (a: { licenseId: string }, b: { licenseId: string }) =>
      a.licenseId < b.licenseId ? -1 : 1
    expect(toldOnce.sort(byLicense)).toEqual(
      foreseen.map(({ licenseId, event, after }) => ({ licenseId, event, after })).sort(byLicense),
    )
    expect(await licensing.ask('GET', `/catalog/versions/${version}`)).toMatchObject({
      sweep: { finished: true, ledgers_behind: 0, licenses_changed: foreseen.length },
    })
    const { db } = licensing.store
    expect(await db.collection('license_history').countDocuments({ cause: `catalog:${version}` })).toBe(
      foreseen.length,
    )
    expect(
      await db
        .collection('licenses')
        .countDocuments({ 'terms.tier': 'starter', 'terms.maxDomains': { $ne: 5 } }),
    ).toBe(0)
  }, 240_000)

  it('does not write a ledger of which it changes nothing', async () => {
    const untouched = await licensing.store.db.collection('ledgers').countDocuments({ catalog: 1 })
    expect(untouched).toBe(Math.ceil(BUYERS / 4))
  })
})
