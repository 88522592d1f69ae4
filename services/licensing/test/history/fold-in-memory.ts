import { createHash } from 'node:crypto'
import { canonical, type Fact, readSnapshot, readStripeEventObject } from '@keyflow/contracts'
import type { BatchItem } from '@keyflow/runtime'
import { parseCatalog } from '../../src/adapters/catalog-file.ts'
import type { Ledger } from '../../src/adapters/mongo-ledgers.ts'
import { identifyLicense } from '../../src/adapters/uuid-license-id.ts'
import { startHistory } from '../../src/domain/catalog-history.ts'
import { DEFAULT_POLICY } from '../../src/domain/derived-license.ts'
import type { Change } from '../../src/domain/diff.ts'
import { deriveLedger, type FoldRules, planWrites } from '../../src/domain/fold.ts'
import { type LedgerFact, scopeOf } from '../../src/domain/ledger-fact.ts'
import type { License } from '../../src/domain/license.ts'
import { isOfInterest } from '../../src/domain/merge-facts.ts'
import { type FactItem, foldGroup, groupByLedger } from '../../src/workers/fold-ledgers.ts'
import type { Json, StripeEvent } from './stripe-account.ts'

export const RULES: FoldRules = {
  catalogs: startHistory(
    parseCatalog(
      `
tiers:
  free: { max_domains: 1, features: [] }
  starter: { max_domains: 3, features: [updates] }
  pro: { max_domains: 10, features: [updates] }
  business: { max_domains: 25, features: [updates, sso] }
prices:
  price_starter_monthly: { tier: starter, product: app }
  price_pro_monthly: { tier: pro, product: app }
  price_business_annual: { tier: business, product: app }
`,
      'laws',
    ),
  ),
  policy: DEFAULT_POLICY,
  identify: identifyLicense,
}

export const factsOf = (event: StripeEvent): readonly Fact[] => {
  const read = readStripeEventObject(event)
  if (!read.ok) throw new Error(read.problem.detail)
  return read.facts.filter(isOfInterest)
}

/** The consumer's own fold over collections that are maps: what apply-facts does, without a database. */
export const createMemoryFold = (rules: FoldRules = RULES) => {
  const links = new Map<string, string>()
  const ledgers = new Map<string, Ledger>()
  const licenses = new Map<string, License>()
  const told: { license: string; version: number; change: Change }[] = []
  const claimed = new Set<string>()

  const fold = (
    batch: readonly { readonly id: string; readonly facts: readonly LedgerFact[] }[],
    nowMs: number,
  ): void => {
    const fresh = batch.filter(
      (b, at) => b.facts.length > 0 && !claimed.has(b.id) && batch.findIndex((o) => o.id === b.id) === at,
    )
    for (const { id } of fresh) claimed.add(id)
    const items = fresh.map(
      ({ id, facts }): BatchItem<FactItem> => ({
        id,
        item: { scope: scopeOf(facts[0] as LedgerFact), facts },
        record: { topic: 't', partition: 0, offset: '0', key: null, value: null, headers: {}, timestamp: 0 },
        trace: {},
      }),
    )
    for (const group of groupByLedger(items, links)) {
      const folded = foldGroup(group, links, ledgers)
      ledgers.set(folded.ledger.id, { ...folded.ledger, version: folded.ledger.version + 1 })
      for (const gone of folded.absorbed) {
        ledgers.delete(gone)
        for (const [id, ledger] of links) if (ledger === gone) links.set(id, folded.ledger.id)
      }
      for (const id of folded.newLinks) links.set(id, folded.ledger.id)
      const derived = deriveLedger(folded.ledger.scope, folded.ledger.facts, rules)
      for (const write of planWrites(folded.ledger, derived, licenses, nowMs)) {
        licenses.set(write.after.id, write.after)
        if (write.change !== null)
          told.push({ license: write.after.id, version: write.after.version, change: write.change })
      }
    }
  }

  /** Open questions of all ledgers. */
  const needs = () =>
    [...ledgers.values()].flatMap((ledger) => deriveLedger(ledger.scope, ledger.facts, rules).needs)

  return { fold, needs, licenses, ledgers, told }
}
export type MemoryFold = ReturnType<typeof createMemoryFold>

const paymentsOf = (objects: ReadonlyMap<string, Json>, intent: string): Json => ({
  object: 'list',
  has_more: false,
  data: [...objects.values()].filter(
    (o) => o.object === 'invoice_payment' && (o.payment as Json).payment_intent === intent,
  ),
})

/** Answers every open question from the truth, as the Stripe reader would. */
export const answerNeeds = (
  memory: MemoryFold,
  objects: ReadonlyMap<string, Json>,
  askedAt: number,
): number => {
  const needs = memory.needs()
  for (const [index, need] of needs.entries()) {
    const body =
      need.what === 'invoice_payments' ? paymentsOf(objects, need.subject) : objects.get(need.subject)
    if (body === undefined) throw new Error(`nobody knows ${need.subject}`)
    const read = readSnapshot(
      {
        type: `com.stripe.snapshot.${need.what}`,
        account: 'platform',
        livemode: true,
        askedAt,
        id: `snap_${askedAt}_${index}`,
        subject: need.subject,
      },
      JSON.stringify(body),
    )
    if (!read.ok) throw new Error(read.problem.detail)
    memory.fold([{ id: read.eventId, facts: read.facts }], askedAt * 1000)
  }
  return needs.length
}

const SNAPSHOT_OF: Readonly<Record<string, string>> = {
  subscription: 'subscription',
  subscription_schedule: 'subscription_schedule',
  invoice: 'invoice',
  charge: 'charge',
  refund: 'refund',
  dispute: 'dispute',
}

/** What a reconciliation with Stripe appends: every object as it is now. */
export const snapshotAll = (
  memory: MemoryFold,
  objects: ReadonlyMap<string, Json>,
  askedAt: number,
): void => {
  for (const [subject, object] of objects) {
    const what =
      object.object === 'invoice_payment' ? 'invoice_payments' : SNAPSHOT_OF[object.object as string]
    if (what === undefined) continue
    const body = what === 'invoice_payments' ? { object: 'list', data: [object], has_more: false } : object
    const head = {
      type: `com.stripe.snapshot.${what}`,
      account: 'platform',
      livemode: true,
      askedAt,
      id: `snap_${subject}`,
      subject,
    }
    const read = readSnapshot(head, JSON.stringify(body))
    if (!read.ok) throw new Error(read.problem.detail)
    memory.fold([{ id: read.eventId, facts: read.facts.filter(isOfInterest) }], askedAt * 1000)
  }
}

/** What must not depend on the order: the licenses without their own history. */
export const digestOf = (memory: MemoryFold): string => {
  const states = [...memory.licenses.values()]
    .filter((license) => license.supersededBy === null)
    .map(
      ({ version: _v, createdAt: _c, updatedAt: _u, issuedAt, ledger: _l, supersededBy: _s, ...state }) => ({
        ...state,
        issued: issuedAt !== null,
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return createHash('sha256').update(canonical(states)).digest('hex')
}
