import {
  canonical,
  type Fact,
  type LifecycleOf,
  mergeRegisters,
  observe,
  type Register,
  type SubscriptionFact,
  sameJson,
} from '@keyflow/contracts'
import type { DismissalState, LedgerFact, OverlayState } from './ledger-fact.ts'
import {
  type LedgerFacts,
  type SeenPrice,
  type SubscriptionRecord,
  toChargeFacts,
  toInvoiceFacts,
  toSessionFacts,
} from './ledger-facts.ts'
import {
  disputeLifecycle,
  invoiceLifecycle,
  refundLifecycle,
  scheduleLifecycle,
  sessionLifecycle,
  subscriptionLifecycle,
} from './lifecycle.ts'

/**
 * Adds one fact. Idempotent and independent of order: any permutation and duplication of the same facts gives equal
 * ledgers (tested as a law). Returns the very same object when the fact says nothing new.
 */
export const mergeFact = (facts: LedgerFacts, fact: LedgerFact): LedgerFacts => {
  switch (fact.kind) {
    case 'subscription':
      return put(
        facts,
        'subscriptions',
        fact.state.id,
        addSubscription(facts.subscriptions[fact.state.id], toRecord(fact)),
      )
    case 'subscription_schedule':
      return put(
        facts,
        'schedules',
        fact.state.id,
        join(facts.schedules[fact.state.id], observe(fact), scheduleLifecycle),
      )
    case 'checkout_session':
      return put(
        facts,
        'sessions',
        fact.state.id,
        join(facts.sessions[fact.state.id], narrow(fact, toSessionFacts), sessionLifecycle),
      )
    case 'checkout_line_items':
      return put(facts, 'lineItems', fact.state.id, join(facts.lineItems[fact.state.id], observe(fact)))
    case 'invoice':
      return put(
        facts,
        'invoices',
        fact.state.id,
        join(facts.invoices[fact.state.id], narrow(fact, toInvoiceFacts), invoiceLifecycle),
      )
    case 'payment_link':
      return facts.links[fact.state.id] === undefined ? put(facts, 'links', fact.state.id, fact.state) : facts
    case 'charge':
      return put(
        facts,
        'charges',
        fact.state.id,
        join(facts.charges[fact.state.id], narrow(fact, toChargeFacts)),
      )
    case 'refund':
      return put(
        facts,
        'refunds',
        fact.state.id,
        join(facts.refunds[fact.state.id], observe(fact), refundLifecycle),
      )
    case 'dispute':
      return put(
        facts,
        'disputes',
        fact.state.id,
        join(facts.disputes[fact.state.id], observe(fact), disputeLifecycle),
      )
    case 'fraud_warning':
      return put(
        facts,
        'fraudWarnings',
        fact.state.id,
        join(facts.fraudWarnings[fact.state.id], observe(fact)),
      )
    case 'overlay':
      return put(facts, 'overlays', fact.state.id, fenced(facts.overlays[fact.state.id], fact.state))
    case 'operation':
      return facts.operations[fact.state.id] === undefined
        ? put(facts, 'operations', fact.state.id, fact.state)
        : facts
    case 'dismissal':
      return put(
        facts,
        'dismissals',
        fact.state.review,
        earliest(facts.dismissals[fact.state.review], fact.state),
      )
    case 'customer':
    case 'invoice_failure':
    case 'test_clock':
      // Contact details are the notifier's, failed attempts are dunning's; no license depends on either.
      return facts
    default:
      return fact satisfies never
  }
}

/** Joins two ledgers that turned out to be one buyer's. Commutative. */
export const mergeLedgers = (a: LedgerFacts, b: LedgerFacts): LedgerFacts => ({
  subscriptions: joinAll(a.subscriptions, b.subscriptions, addSubscription),
  schedules: joinAll(a.schedules, b.schedules, (x, y) => join(x, y, scheduleLifecycle)),
  sessions: joinAll(a.sessions, b.sessions, (x, y) => join(x, y, sessionLifecycle)),
  lineItems: joinAll(a.lineItems, b.lineItems, (x, y) => join(x, y)),
  invoices: joinAll(a.invoices, b.invoices, (x, y) => join(x, y, invoiceLifecycle)),
  links: { ...a.links, ...b.links },
  charges: joinAll(a.charges, b.charges, (x, y) => join(x, y)),
  refunds: joinAll(a.refunds, b.refunds, (x, y) => join(x, y, refundLifecycle)),
  disputes: joinAll(a.disputes, b.disputes, (x, y) => join(x, y, disputeLifecycle)),
  fraudWarnings: joinAll(a.fraudWarnings, b.fraudWarnings, (x, y) => join(x, y)),
  overlays: joinAll(a.overlays, b.overlays, fenced),
  operations: { ...a.operations, ...b.operations },
  dismissals: joinAll(a.dismissals, b.dismissals, earliest),
})

/** A review is closed once; who did it is whoever was first. */
const earliest = (known: DismissalState | undefined, added: DismissalState): DismissalState => {
  if (known === undefined) return added
  const isFirst = added.at < known.at || (added.at === known.at && added.id < known.id)
  return isFirst ? added : known
}

const fenced = (known: OverlayState | undefined, added: OverlayState): OverlayState => {
  if (known === undefined) return added
  const held = added.seq > known.seq ? added : known
  const notice = laterNotice(known.notice, added.notice)
  return held.notice === notice || notice === undefined ? held : { ...held, notice }
}

/** Not every event says how it stands: a restriction that is said again leaves the last word as it is. */
const laterNotice = (a: OverlayState['notice'], b: OverlayState['notice']): OverlayState['notice'] =>
  a === undefined || (b !== undefined && b.seq > a.seq) ? b : a

/** The license does not depend on this kind of fact at all: a batch of such facts need not load a ledger. */
export const isOfInterest = (fact: Fact): boolean =>
  fact.kind !== 'customer' && fact.kind !== 'invoice_failure' && fact.kind !== 'test_clock'

const join = <S>(a: Register<S> | undefined, b: Register<S>, lifecycle?: LifecycleOf<S>): Register<S> =>
  mergeRegisters(a, b, lifecycle)

const narrow = <S, N>(
  fact: { observed: Fact['observed']; state: S; before?: S },
  to: (state: S) => N,
): Register<N> =>
  observe({
    observed: fact.observed,
    state: to(fact.state),
    ...(fact.before === undefined ? {} : { before: to(fact.before) }),
  })

const put = <K extends keyof LedgerFacts>(
  facts: LedgerFacts,
  kind: K,
  id: string,
  value: LedgerFacts[K][string],
): LedgerFacts => (facts[kind][id] === value ? facts : { ...facts, [kind]: { ...facts[kind], [id]: value } })

const joinAll = <V>(
  a: Readonly<Record<string, V>>,
  b: Readonly<Record<string, V>>,
  both: (x: V, y: V) => V,
): Readonly<Record<string, V>> => {
  const all: Record<string, V> = { ...a }
  for (const [id, value] of Object.entries(b)) {
    const known = all[id]
    all[id] = known === undefined ? value : both(known, value)
  }
  return all
}

const toRecord = (fact: SubscriptionFact): SubscriptionRecord => ({
  register: observe(fact),
  statuses: [fact.state.status],
  prices: pricesAt(fact),
  firstSeen: pricesAt(fact),
  refs: Object.fromEntries(
    fact.state.items.flatMap(({ price }) =>
      price === null ? [] : [[price.id, { ...price, at: fact.observed.at }]],
    ),
  ),
})

const pricesAt = ({ state, observed }: SubscriptionFact): SubscriptionRecord['prices'] =>
  Object.fromEntries(
    state.items.flatMap((item) => (item.price === null ? [] : [[item.id, { [item.price.id]: observed.at }]])),
  )

const addSubscription = (
  known: SubscriptionRecord | undefined,
  added: SubscriptionRecord,
): SubscriptionRecord => {
  if (known === undefined) return added
  const register = mergeRegisters(known.register, added.register, subscriptionLifecycle)
  const statuses = [...new Set([...known.statuses, ...added.statuses])].sort()
  const prices = joinAll(known.prices, added.prices, (x, y) => joinAll(x, y, Math.max))
  const firstSeen = joinAll(known.firstSeen, added.firstSeen, (x, y) => joinAll(x, y, Math.min))
  const refs = joinAll(known.refs, added.refs, laterRef)
  const same =
    register === known.register &&
    statuses.length === known.statuses.length &&
    samePrices(prices, known.prices) &&
    samePrices(firstSeen, known.firstSeen) &&
    sameJson(refs, known.refs)
  return same ? known : { register, statuses, prices, firstSeen, refs }
}

/** Lookup keys move from price to price: the last sight counts, and any one of two in the same second. */
const laterRef = (a: SeenPrice, b: SeenPrice): SeenPrice => {
  if (a.at !== b.at) return a.at > b.at ? a : b
  return canonical(a) >= canonical(b) ? a : b
}

const samePrices = (a: SubscriptionRecord['prices'], b: SubscriptionRecord['prices']): boolean =>
  Object.entries(a).every(([item, seen]) =>
    Object.entries(seen).every(([price, at]) => b[item]?.[price] === at),
  )
