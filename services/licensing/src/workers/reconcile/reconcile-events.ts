import {
  eventHeaders,
  FROM_EVENTS_API,
  HANDLED_EVENT_TYPES,
  HEADER,
  PLATFORM_ACCOUNT,
  partitionKeyOf,
  type Scope,
} from '@keyflow/contracts'
import type { OutgoingRecord } from '@keyflow/runtime'
import { findCursor, findKnownEvents, saveCursor } from '../../adapters/mongo-reconcile.ts'
import type { ListEntry, ListPage } from '../../adapters/stripe-lists.ts'
import type { EventFate } from './reconcile-report.ts'
import type { ReconcileRun } from './reconcile-run.ts'

const HANDLED = new Set(HANDLED_EVENT_TYPES)
const HOUR = 3600
/** Stripe lists events for thirty days. */
const LISTED_SECONDS = 30 * 86_400
/** Events may be listed a little later than they were created. */
const OVERLAP_SECONDS = HOUR

/** Events that Stripe could not deliver to every endpoint; those that another endpoint lacks are known here. */
export const reconcileUndelivered = async (run: ReconcileRun, scope: Scope): Promise<void> => {
  const list = { path: '/v1/events', query: { delivery_success: 'false' } }
  for await (const { page } of pagesOf(run, scope, list, null)) {
    run.tally.listed('undelivered', page.entries.length)
    const old = page.entries.filter((entry) => page.askedAt - createdOf(entry) > HOUR)
    run.tally.undeliveredForLong(old.length)
    await appendMissing(run, scope, page)
  }
}

/**
 * Every event that Stripe lists, by id: since the last pass, or of all thirty days. Newest first, so that what happens
 * meanwhile does not shift the pages; a pass that is cut off goes on behind the last page that was done.
 */
export const reconcileEvents = async (run: ReconcileRun, scope: Scope): Promise<void> => {
  const { through, pass: unfinished } = run.isFull
    ? { through: null, pass: null }
    : await findCursor(run.store, scope, 'events')
  const now = Math.floor(run.clock().getTime() / 1000)
  const pass = unfinished ?? {
    from: Math.max(now - LISTED_SECONDS, through === null ? 0 : through - OVERLAP_SECONDS),
    to: now,
    after: null,
  }
  const list = {
    path: '/v1/events',
    query: { 'created[gte]': String(pass.from), 'created[lte]': String(pass.to) },
  }
  for await (const { page, after } of pagesOf(run, scope, list, pass.after)) {
    run.tally.listed('events', page.entries.length)
    await appendMissing(run, scope, page)
    if (!run.dryRun) await saveCursor(run.store, scope, 'events', { through, pass: { ...pass, after } })
  }
  // What is too young to be judged is looked at again by the next pass.
  if (!run.dryRun)
    await saveCursor(run.store, scope, 'events', { through: pass.to - run.minAgeSeconds, pass: null })
}

/** Pages of a list, and the id behind which the next one starts. */
export async function* pagesOf(
  run: ReconcileRun,
  scope: Scope,
  list: { readonly path: string; readonly query: Readonly<Record<string, string>> },
  from: string | null,
): AsyncGenerator<{ readonly page: ListPage; readonly after: string | null }> {
  let after = from
  for (;;) {
    const behind = after
    const page: ListPage = await run.patiently(() => run.readPage(scope, list, behind))
    after = page.entries.at(-1)?.id ?? after
    yield { page, after }
    run.onProgress()
    if (!page.hasMore || page.entries.length === 0) return
  }
}

const createdOf = ({ json }: ListEntry): number => (typeof json.created === 'number' ? json.created : 0)

const appendMissing = async (run: ReconcileRun, scope: Scope, page: ListPage): Promise<void> => {
  const known = await findKnownEvents(
    run.store,
    page.entries.map(({ id }) => id),
  )
  const missing: ListEntry[] = []
  for (const entry of page.entries) {
    const fate = fateOf(run, entry, page.askedAt, known)
    run.tally.event(fate)
    if (fate === 'missing') missing.push(entry)
  }
  for (const entry of missing) {
    run.appendedEvents.add(entry.id)
    run.tally.found({
      class: 'missing_event',
      direction: 'neutral',
      license: null,
      subject: entry.id,
      ageSeconds: Math.max(0, page.askedAt - createdOf(entry)),
    })
  }
  if (run.dryRun || missing.length === 0) return
  // Oldest first, as webhooks would have come.
  await run.publisher.publishAll(missing.toReversed().map((entry) => eventRecord(run, scope, entry)))
  run.tally.appended('events', missing.length)
}

const fateOf = (
  run: ReconcileRun,
  entry: ListEntry,
  askedAt: number,
  known: ReadonlyMap<string, 'folded' | 'dead'>,
): EventFate => {
  if (!HANDLED.has(String(entry.json.type))) return 'unhandled'
  const found = known.get(entry.id)
  if (found !== undefined) return found
  if (run.appendedEvents.has(entry.id)) return 'repaired'
  return askedAt - createdOf(entry) < run.minAgeSeconds ? 'young' : 'missing'
}

/** The event as a webhook would have put it into the log, but for the signature that it never had. */
const eventRecord = (run: ReconcileRun, scope: Scope, entry: ListEntry): OutgoingRecord => {
  const { value, json } = withAccount(entry, scope)
  const attributes = {
    id: entry.id,
    type: String(json.type),
    created: createdOf(entry),
    scope,
    apiVersion: typeof json.api_version === 'string' ? json.api_version : null,
  }
  return {
    topic: run.eventTopic,
    key: partitionKeyOf(json),
    value,
    headers: {
      ...eventHeaders(attributes, json),
      [HEADER.receivedAt]: String(run.clock().getTime()),
      [HEADER.obtained]: FROM_EVENTS_API,
    },
  }
}

/** Asked on behalf of a connected account, Stripe leaves out whose event it is; webhooks say it, and the reader needs it. */
const withAccount = (
  { text, json }: ListEntry,
  { account }: Scope,
): { value: string; json: ListEntry['json'] } =>
  account === PLATFORM_ACCOUNT || json.account !== undefined
    ? { value: text, json }
    : {
        value: text.replace(/^\s*\{/, `{"account":${JSON.stringify(account)},`),
        json: { account, ...json },
      }
