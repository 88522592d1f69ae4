import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { createKafka, createLogger, createPublisher, type RecordPublisher } from '@keyflow/runtime'
import { createStripeAccess } from '@keyflow/runtime/stripe'
import { digestState } from '../src/adapters/state-digest.ts'
import { createReconciler } from '../src/reconciler.ts'
import type { ReconcileOrder } from '../src/workers/reconcile/reconcile.ts'
import { unaccounted } from '../src/workers/reconcile/reconcile-report.ts'
import { startReconcileSchedule } from '../src/workers/reconcile/reconcile-schedule.ts'
import type { StripeEvent } from './history/stripe-account.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'
import { openStripeShop, type StripeShop, shopCatalog } from './stripe-shop.ts'

/** RECONCILE_PURCHASES=500 for the full measure. */
const PURCHASES = Number(process.env.RECONCILE_PURCHASES ?? 40)
const DAY_MS = 86_400_000
/** Entries that Stripe gives at once. */
const PAGE = 100
const PATIENCE_MS = 90_000 + PURCHASES * 500

const ALL: ReconcileOrder = {
  layers: ['undelivered', 'events', 'objects'],
  dryRun: false,
  isFull: false,
  minAgeSeconds: 0,
}

describe('a reconciler, after two days on which Stripe delivered nothing', () => {
  let shop: StripeShop
  /** Hears of nothing but what the reconciler finds. */
  let deaf: RunningLicensing
  /** Was there all the time. */
  let witness: RunningLicensing
  let publisher: RecordPublisher
  beforeAll(async () => {
    shop = await openStripeShop(Date.now() - 2 * DAY_MS)
    const settings = {
      CATALOG_FILE: shopCatalog(),
      STRIPE_API_BASE: shop.url,
      STRIPE_REQUESTS_PER_SECOND: '100',
    }
    deaf = await runLicensing(settings)
    witness = await runLicensing(settings)
    publisher = await createPublisher({
      kafka: createKafka({
        clientId: 'test',
        brokers: deaf.settings.kafkaBrokers,
        logger: createLogger({ service: 'test', level: 'silent' }),
      }),
    })
    await deaf.start()
    await witness.start()
  }, 60_000)
  afterAll(async () => {
    await publisher?.close()
    await deaf?.stop()
    await witness?.stop()
    await shop?.stop()
  })

  const reconcile = (
    order: Partial<ReconcileOrder> = {},
    more: { readonly stripeAccounts?: string } = {},
  ) => {
    const { settings, store, rules } = deaf
    return createReconciler(
      { ...settings, ...more },
      {
        store,
        publisher,
        access: createStripeAccess({
          clock: () => new Date(),
          apiKeys: ['sk_test_0123456789'],
          apiBase: settings.stripeApiBase,
          requestsPerSecond: settings.stripeRequestsPerSecond,
        }),
        rules: () => rules,
        logger: createLogger({ service: 'test', level: 'silent' }),
      },
    )({ ...ALL, ...order })
  }

  const told = (licensing: RunningLicensing) => licensing.events().map(({ id }) => id)

  it(
    `repairs ${PURCHASES} purchases and changes: licenses as of an uninterrupted run, each told once; a second run changes nothing`,
    async () => {
      for (let number = 0; number < PURCHASES; number += 1) {
        shop.advance((2 * DAY_MS) / PURCHASES)
        // Half of it Stripe tried to deliver; of the other half it never will.
        if (number === Math.floor(PURCHASES / 2)) await shop.disableWebhooks()
        await shop.live('buyer', number)
      }
      const events = await shop.events()
      for (let at = 0; at < events.length; at += 2000)
        await witness.publish(
          events.slice(at, at + 2000) as unknown as readonly StripeEvent[],
          (event) => event.id,
        )

      const plan = await reconcile({ dryRun: true })
      expect(plan.appended).toEqual({ events: 0, snapshots: 0 })
      expect(plan.listed.undelivered).toBeGreaterThan(0)
      expect(plan.drift.find((d) => d.class === 'missing_event')?.count).toBeGreaterThan(PURCHASES * 4)
      expect(plan.drift.map((d) => `${d.class} ${d.direction}`)).toContain('missing_license under_granted')
      expect(await deaf.store.db.collection('ledgers').countDocuments()).toBe(0)
      // Conservation: what Stripe lists is accounted for, event by event.
      expect(unaccounted(plan)).toBe(0)
      expect(plan.events).toMatchObject({ folded: 0, dead: 0, young: 0 })
      expect(plan.events.missing).toBe(plan.drift.find((d) => d.class === 'missing_event')?.count)

      const started = performance.now()
      const first = await reconcile({ layers: ['undelivered', 'events'] })
      expect(first.appended.events).toBe(plan.drift.find((d) => d.class === 'missing_event')?.count)
      await until(
        'both to have folded everything, and all questions to be answered',
        async () => {
          const open = await Promise.all(
            [deaf, witness].map(({ store }) =>
              store.db.collection('snapshot_requests').countDocuments({ state: 'waiting' }),
            ),
          )
          const [mine, theirs] = [await digestState(deaf.store), await digestState(witness.store)]
          return (
            open.every((count) => count === 0) &&
            theirs.licenses >= PURCHASES &&
            mine.state === theirs.state &&
            mine.keys === theirs.keys
          )
        },
        PATIENCE_MS,
      )
      const seconds = Math.round((performance.now() - started) / 100) / 10
      process.stderr.write(
        `${first.appended.events} events of ${PURCHASES} purchases repaired in ${seconds} s\n`,
      )

      for (const topic of [TOPICS.stripeEvents, TOPICS.stripeSnapshots])
        await deaf.untilFolded(topic.name, PATIENCE_MS)
      const granted = await deaf.store.db.collection('licenses').countDocuments({ granted: true })
      const isIssued = ({ type }: { readonly type: string }) => type === 'license.issued'
      await until('all of them to be told', () => deaf.events().filter(isIssued).length >= granted)
      const issued = deaf.events().filter(isIssued)
      expect(issued.length).toBe(new Set(issued.map(({ licenseId }) => licenseId)).size)
      expect(issued.length).toBe(granted)

      const before = { digest: await digestState(deaf.store), told: told(deaf).length }
      const second = await reconcile({ isFull: true })
      expect(second.appended).toEqual({ events: 0, snapshots: 0 })
      expect(second.drift).toEqual([])
      expect({ ...second.events, unaccounted: unaccounted(second) }).toEqual({
        folded: second.listed.events + second.listed.undelivered - second.events.unhandled,
        unhandled: second.events.unhandled,
        dead: 0,
        young: 0,
        repaired: 0,
        missing: 0,
        unaccounted: 0,
      })
      expect({ digest: await digestState(deaf.store), told: told(deaf).length }).toEqual(before)
      expect(deaf.deadLetters()).toEqual([])
    },
    PATIENCE_MS * 2,
  )

  it('says of a license that no webhook told of it', async () => {
    const license = await deaf.store.db.collection<{ _id: string }>('licenses').findOne({ granted: true })
    const explained = await deaf.ask('GET', `/licenses/${license?._id}/explain`)
    const facts = explained.facts as readonly { proof: string; signature: string | null }[]
    expect(new Set(facts.map(({ proof, signature }) => `${proof} ${signature}`))).toEqual(
      new Set(['stripe_api null']),
    )
  })

  it(
    'finds by the objects alone what no event tells of: purchases, plans, ends and refunds',
    async () => {
      const before = told(deaf).length
      const known = new Set((await shop.events()).map(({ id }) => id))
      for (let number = 0; number < shop.lives; number += 1) await shop.live('unheard', number)
      const lost = (await shop.events()).filter(({ id }) => !known.has(id))
      const plan = await reconcile({ layers: ['objects'], dryRun: true })
      expect(plan.drift.filter(({ class: kind }) => kind === 'missing_license').length).toBeGreaterThan(0)

      const repaired = await reconcile({ layers: ['objects'] })
      expect(repaired.appended.events).toBe(0)
      await witness.publish(lost as unknown as readonly StripeEvent[], (event) => event.id)
      const status = async ({ store }: RunningLicensing) =>
        (
          await store.db
            .collection<{ _id: string }>('licenses')
            // Which of them were taken for licenses of their own for a while depends on what was read first.
            .find({ granted: true, supersededBy: null } as object)
            .project({ billing: 1, 'terms.tier': 1, validThrough: 1, cancelAt: 1, keyHash: 1 })
            .sort({ _id: 1 })
            .toArray()
        ).map((row) => JSON.stringify(row))
      await until(
        'the same licenses',
        async () => {
          const [mine, theirs] = [await status(deaf), await status(witness)]
          return told(deaf).length > before && mine.join() === theirs.join()
        },
        PATIENCE_MS,
      ).catch(() => false)
      expect(await status(deaf)).toEqual(await status(witness))
      // What changes no license may still be on its way, a refund of a part for one.
      await deaf.untilFolded(TOPICS.stripeSnapshots.name, PATIENCE_MS)
      const again = await reconcile({ layers: ['objects'] })
      expect({ appended: again.appended, drift: again.drift }).toEqual({
        appended: { events: 0, snapshots: 0 },
        drift: [],
      })
    },
    PATIENCE_MS * 2,
  )

  it('counts what was given up apart: it is in the log, and not lost', async () => {
    const { db } = deaf.store
    const [claim] = await db
      .collection<{ _id: string; origin: string }>('idempotency')
      .find({ _id: /^evt_/ })
      .toArray()
    const letters = db.collection<{ _id: string; state: string }>('dead_letters')
    await letters.insertOne({ _id: claim?.origin ?? '', state: 'open' })
    const report = await reconcile({ layers: ['events'], isFull: true, dryRun: true })
    expect([report.events.dead, unaccounted(report)]).toEqual([1, 0])
    expect(report.findings.map(({ subject }) => subject)).not.toContain(claim?._id)
    await letters.deleteMany({})
  })

  it('goes on behind the page that was done last when a pass was cut off, and then looks at what is new alone', async () => {
    await deaf.store.db.collection('reconcile_cursors').deleteMany({})
    const all = (await shop.events()).length
    expect(all).toBeGreaterThan(PAGE)
    const stop = new AbortController()
    const cut = reconcile({ layers: ['events'], signal: stop.signal, onProgress: () => stop.abort() })
    await expect(cut).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect((await reconcile({ layers: ['events'] })).listed.events).toBe(all - PAGE)
    expect((await reconcile({ layers: ['events'] })).listed.events).toBeLessThan(all)
  })

  it('works by the clock in one replica at a time, events and objects apart, and reports what it saw', async () => {
    await deaf.store.db.collection('reconcile_turns').deleteMany({})
    const layers: string[] = []
    const schedules = [0, 1].map(() =>
      startReconcileSchedule({
        store: deaf.store,
        run: (order) => reconcile({ ...order, dryRun: true }),
        everyMinutes: 60,
        objectsEveryHours: 24,
        minAgeSeconds: 0,
        onReport: (done, report) => layers.push(`${done.join('+')} ${unaccounted(report)}`),
        logger: createLogger({ service: 'test', level: 'silent' }),
        lookMs: 20,
      }),
    )
    await until('both jobs to have had their turn', () => layers.length >= 2, PATIENCE_MS)
    for (const schedule of schedules) await schedule.stop()
    expect(layers.sort()).toEqual(['objects 0', 'undelivered+events 0'])
  })

  it('reports a license whose subscription Stripe does not know, and leaves it alone', async () => {
    const licenses = deaf.store.db.collection<{ _id: string; origin: object }>('licenses')
    const one = await licenses.findOne({ 'origin.kind': 'subscription_item', billing: 'active' })
    await licenses.updateOne({ _id: one?._id ?? '' }, { $set: { 'origin.subscription': 'sub_forgotten' } })
    const report = await reconcile({ layers: ['objects'] })
    expect(report.findings).toEqual([
      {
        class: 'unknown_to_stripe',
        direction: 'over_granted',
        license: one?._id,
        subject: 'sub_forgotten',
        ageSeconds: 0,
      },
    ])
    expect(report.appended).toEqual({ events: 0, snapshots: 0 })
  })

  it('reconciles a connected account under its own name', async () => {
    await shop.live('connected', 0)
    const report = await reconcile({ layers: ['events'] }, { stripeAccounts: 'acct_connected' })
    expect(report.appended.events).toBeGreaterThan(0)
    const isIssued = () =>
      deaf.events().some(({ account, type }) => account === 'acct_connected' && type === 'license.issued')
    await until('the license of the connected account', isIssued, PATIENCE_MS)
    await deaf.untilFolded(TOPICS.stripeEvents.name, PATIENCE_MS)
    const again = await reconcile({ layers: ['events'] }, { stripeAccounts: 'acct_connected' })
    expect(again.appended.events).toBe(0)
  })
})
