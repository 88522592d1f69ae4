import {
  PLATFORM_ACCOUNT,
  readSnapshot,
  type Scope,
  SNAPSHOT_TYPE_PREFIX,
  type Snapshot,
  snapshotRecord,
} from '@keyflow/contracts'
import { type BatchItem, delay, inTransaction } from '@keyflow/runtime'
import { findLedgers, findLinks, type Ledger } from '../../adapters/mongo-ledgers.ts'
import { eachSubscribedLicense } from '../../adapters/mongo-reconcile.ts'
import type { ListEntry, ListPage } from '../../adapters/stripe-lists.ts'
import { type Drift, driftBetween } from '../../domain/drift.ts'
import { deriveLedger } from '../../domain/fold.ts'
import { isOfInterest } from '../../domain/merge-facts.ts'
import { withoutPersonalData } from '../../domain/without-personal-data.ts'
import { type FactItem, foldGroup, groupByLedger, scopedIdentities } from '../fold-ledgers.ts'
import { pagesOf } from './reconcile-events.ts'
import type { ReconcileRun } from './reconcile-run.ts'

const MONTH = 30 * 86_400
/** What is on its way when Stripe is asked has arrived after this long. */
const SECOND_LOOK_MS = 3000

interface ObjectList {
  readonly what: string
  readonly path: string
  readonly query: (since: number) => Readonly<Record<string, string>>
}

/** Subscriptions of all time, since a license lasts as long as one; of the others what a month may have brought. */
const LISTS: readonly ObjectList[] = [
  {
    what: 'subscription',
    path: '/v1/subscriptions',
    query: () => ({ status: 'all', 'expand[]': 'data.latest_invoice' }),
  },
  {
    what: 'checkout_session',
    path: '/v1/checkout/sessions',
    query: (since) => ({ status: 'complete', 'created[gte]': String(since) }),
  },
  { what: 'refund', path: '/v1/refunds', query: (since) => ({ 'created[gte]': String(since) }) },
  { what: 'dispute', path: '/v1/disputes', query: (since) => ({ 'created[gte]': String(since) }) },
]

/** An object of a list, as the snapshot that would tell of it. */
interface Sighting {
  readonly snapshot: Snapshot
  readonly item: BatchItem<FactItem>
  /** Unix seconds. */
  readonly created: number
}

interface Drifted {
  readonly sightings: readonly Sighting[]
  readonly drifts: readonly Drift[]
  readonly ledger: Ledger
}

/**
 * Stripe's objects as they are now, against the licenses: finds what no event ever told. An object is compared by what
 * would follow if it were added to the log, and is added only where something would.
 */
export const reconcileObjects = async (run: ReconcileRun, scope: Scope): Promise<void> => {
  const now = Math.floor(run.clock().getTime() / 1000)
  const subscriptions = new Set<string>()
  for (const { what, path, query } of LISTS)
    for await (const { page } of pagesOf(run, scope, { path, query: query(now - MONTH) }, null)) {
      run.tally.listed('objects', page.entries.length)
      if (what === 'subscription') for (const { id } of page.entries) subscriptions.add(id)
      await comparePage(
        run,
        page.entries.flatMap((entry) => sightingsOf(run, scope, what, entry, page)),
      )
    }
  await findUnknown(run, scope, subscriptions)
}

const comparePage = async (run: ReconcileRun, sightings: readonly Sighting[]): Promise<void> => {
  let drifted = await findDrifted(run, sightings)
  if (drifted.length > 0 && run.minAgeSeconds > 0) {
    await delay(SECOND_LOOK_MS)
    drifted = await findDrifted(
      run,
      drifted.flatMap((group) => group.sightings),
    )
  }
  for (const { drifts, sightings: seen, ledger } of drifted)
    for (const drift of drifts)
      run.tally.found({
        ...drift,
        subject: seen[0]?.snapshot.subject ?? ledger.id,
        ageSeconds: ageOf(run, seen, ledger),
      })
  const followers = findFollowers(run, sightings, drifted)
  for (const { snapshot } of followers)
    run.tally.found({
      class: 'open_question',
      direction: 'neutral',
      license: null,
      subject: snapshot.subject,
      ageSeconds: 0,
    })
  for (const { item } of drifted.flatMap((group) => group.sightings))
    for (const id of scopedIdentities(item.item)) run.foundIdentities.add(id)
  if (run.dryRun || drifted.length + followers.length === 0) return
  const records = [
    ...drifted.flatMap(({ sightings: seen, ledger }) =>
      seen.map(({ snapshot }) => snapshotRecord(run.snapshotTopic, ledger.id, snapshot)),
    ),
    ...followers.map(({ snapshot, item }) =>
      snapshotRecord(run.snapshotTopic, scopedIdentities(item.item)[0] ?? snapshot.subject, snapshot),
    ),
  ]
  await run.publisher.publishAll(records)
  run.tally.appended('snapshots', records.length)
}

/**
 * Refunds and disputes of a purchase that this run found missing itself: it is not folded yet, so nothing would seem to
 * follow from them.
 */
const findFollowers = (
  run: ReconcileRun,
  sightings: readonly Sighting[],
  drifted: readonly Drifted[],
): readonly Sighting[] => {
  const taken = new Set(drifted.flatMap((group) => group.sightings))
  return sightings.filter(
    (sighting) =>
      !taken.has(sighting) &&
      (sighting.snapshot.what === 'refund' || sighting.snapshot.what === 'dispute') &&
      scopedIdentities(sighting.item.item).some((id) => run.foundIdentities.has(id)),
  )
}

const findDrifted = (run: ReconcileRun, sightings: readonly Sighting[]): Promise<readonly Drifted[]> =>
  inTransaction(run.store, async (session) => {
    if (sightings.length === 0) return []
    const tx = { session, store: run.store, now: run.clock() }
    const items = sightings.map(({ item }) => item)
    const links = await findLinks(tx, [...new Set(items.flatMap(({ item }) => scopedIdentities(item)))])
    const stored = await findLedgers(tx, [...new Set(links.values())])
    const byId = new Map(sightings.map((sighting) => [sighting.item.id, sighting]))
    const rules = run.rules()
    return groupByLedger(items, links).flatMap((group) => {
      const folded = foldGroup(group, links, stored)
      const before = [folded.ledger.id, ...folded.absorbed].flatMap((id) => stored.get(id) ?? [])
      const drifts = driftBetween(
        before.map((ledger) => deriveLedger(ledger.scope, ledger.facts, rules)),
        deriveLedger(folded.ledger.scope, folded.ledger.facts, rules),
        Math.floor(tx.now.getTime() / 1000),
      )
      const seen = group.flatMap(({ id }) => byId.get(id) ?? [])
      return drifts.length === 0 ? [] : [{ drifts, sightings: seen, ledger: before[0] ?? folded.ledger }]
    })
  })

/** At most since the log last saw the subscription as Stripe had it, or since the object exists. */
const ageOf = (run: ReconcileRun, seen: readonly Sighting[], ledger: Ledger): number => {
  const since = seen.flatMap(({ snapshot, created }) => {
    const known = ledger.version === 0 ? undefined : ledger.facts.subscriptions[snapshot.subject]
    return known === undefined ? [created] : known.register.newest.map(({ at }) => at)
  })
  return Math.max(0, Math.floor(run.clock().getTime() / 1000) - Math.min(...since))
}

const sightingsOf = (
  run: ReconcileRun,
  scope: Scope,
  what: string,
  { id, json, text }: ListEntry,
  { askedAt }: ListPage,
): readonly Sighting[] => {
  // Sessions of subscriptions say nothing that the subscription does not.
  if (what === 'checkout_session' && json.mode !== 'payment') return []
  const created = typeof json.created === 'number' ? json.created : askedAt
  const sighting = (kind: string, subject: string, body: string): readonly Sighting[] =>
    toSighting({ id: `snap_${run.newId()}`, scope, what: kind, subject, body, askedAt }, created)
  const invoice = what === 'subscription' ? json.latest_invoice : null
  return typeof invoice === 'object' && invoice !== null && 'id' in invoice
    ? [...sighting(what, id, text), ...sighting('invoice', String(invoice.id), JSON.stringify(invoice))]
    : sighting(what, id, text)
}

const toSighting = (snapshot: Snapshot, created: number): readonly Sighting[] => {
  const { id, scope, what, subject, askedAt, body } = snapshot
  const read = readSnapshot({ type: `${SNAPSHOT_TYPE_PREFIX}${what}`, ...scope, askedAt, id, subject }, body)
  const facts = read.ok ? read.facts.filter(isOfInterest).map(withoutPersonalData) : []
  const record = { topic: '', partition: 0, offset: '0', key: null, value: null, headers: {}, timestamp: 0 }
  return facts.length === 0
    ? []
    : [{ snapshot, created, item: { id, item: { scope, facts }, record, trace: {} } }]
}

/** Licenses in use whose subscription Stripe did not list: a person must decide, nothing is appended. */
const findUnknown = async (run: ReconcileRun, scope: Scope, listed: ReadonlySet<string>): Promise<void> => {
  for await (const { id, subscription } of eachSubscribedLicense(run.store, scope)) {
    if (listed.has(subscription)) continue
    // It may have been bought while the list was being read.
    const isThere = await run.patiently(() =>
      run.exists(scope, `/v1/subscriptions/${encodeURIComponent(subscription)}`),
    )
    if (!isThere)
      run.tally.found({
        class: 'unknown_to_stripe',
        direction: 'over_granted',
        license: id,
        subject: subscription,
        ageSeconds: 0,
      })
  }
}

/** Every account in every mode that there is a key for. */
export const scopesOf = (accounts: readonly string[], modes: readonly boolean[]): readonly Scope[] =>
  (accounts.length === 0 ? [PLATFORM_ACCOUNT] : accounts).flatMap((account) =>
    modes.map((livemode) => ({ account, livemode })),
  )
