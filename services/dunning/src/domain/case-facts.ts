import {
  type Fact,
  type InvoiceFailureState,
  mergeRegisters,
  observe,
  type Register,
  type Scope,
  type SubscriptionStatus,
  scopedId,
} from '@keyflow/contracts'
import { type Debt, invoiceDebt, mergeDebts, standingIn } from './debt.ts'

export interface SubscriptionEnd {
  readonly status: SubscriptionStatus
  readonly customer: string | null
  /** `cancellation_requested`, `payment_failed`, `payment_disputed`, … */
  readonly cancelReason: string | null
}

/** Everything known of one subscription that its dunning case depends on. Merges in any order to the same. */
export interface CaseFacts {
  /** Scoped id of the subscription. */
  readonly id: string
  readonly scope: Scope
  readonly subscription: string
  /** Sorted by invoice, each once. */
  readonly debts: readonly Debt[]
  readonly end: Register<SubscriptionEnd> | null
  /** Stripe's test clock by which it lives; null = everybody's. */
  readonly clock: string | null
  /** Unix seconds, by its clock: the latest instant that any of the facts tells of. */
  readonly heardAt: number
  /** What its licenses sell, by license; the newest version of each. */
  readonly tiers: Readonly<Record<string, LicenseTier>>
}

export interface LicenseTier {
  readonly version: number
  readonly tier: string
}

/** Endive can pause at a failed payment: that is dunning, not a pause that anybody asked for. */
const FAILED_PAUSES: ReadonlySet<string> = new Set(['first_payment_failure', 'final_payment_failure'])

/** `canceled` is final, whatever older state arrives later. */
const lifecycle = ({ status }: SubscriptionEnd): number =>
  status === 'canceled' || status === 'incomplete_expired' ? 1 : 0

export const noFacts = (scope: Scope, subscription: string): CaseFacts => ({
  id: scopedId(scope, subscription),
  scope,
  subscription,
  debts: [],
  end: null,
  clock: null,
  heardAt: 0,
  tiers: {},
})

type SubscriptionFact = Extract<Fact, { kind: 'subscription' }>
type InvoiceFact = Extract<Fact, { kind: 'invoice' }>

/** Facts of one event, by subscription. Invoices without one (made by hand) are nobody's case. */
export const caseFactsIn = (facts: readonly Fact[]): readonly CaseFacts[] => {
  const cases = new Map<string, CaseFacts>()
  for (const fact of facts) {
    const one =
      fact.kind === 'subscription'
        ? ofSubscription(fact)
        : fact.kind === 'invoice'
          ? ofInvoice(fact, facts)
          : null
    if (one !== null) cases.set(one.id, mergeCaseFacts(cases.get(one.id), one))
  }
  return [...cases.values()]
}

const endOf = ({ status, customer, cancelReason }: SubscriptionFact['state']): SubscriptionEnd => ({
  status,
  customer,
  cancelReason,
})

const ofSubscription = ({ observed, state, before }: SubscriptionFact): CaseFacts => ({
  ...noFacts(observed.scope, state.id),
  debts:
    state.latestInvoice !== null && FAILED_PAUSES.has(state.pausedType ?? '')
      ? [
          {
            ...NOTHING_FAILED,
            invoice: state.latestInvoice,
            state: null,
            failedAt: pausedAt(observed.at, state),
          },
        ]
      : [],
  end: observe({
    observed,
    state: endOf(state),
    ...(before === undefined ? {} : { before: endOf(before) }),
  }),
  clock: state.testClock,
  heardAt: state.testClock === null ? observed.at : (periodStart(state) ?? 0),
})

/** Stripe stamps events with the time of the wall, also on a test clock: there the period tells. */
const pausedAt = (eventAt: number, state: SubscriptionFact['state']): number =>
  state.testClock === null ? eventAt : (periodStart(state) ?? eventAt)

const periodStart = ({ items }: SubscriptionFact['state']): number | null => {
  const starts = items.flatMap((item) => item.periodStart ?? [])
  return starts.length === 0 ? null : Math.max(...starts)
}

const NOTHING_FAILED = {
  failedAt: null,
  actionAt: null,
  overdueAt: null,
  settledAt: null,
  writtenOffAt: null,
}

const ofInvoice = ({ observed, state, before }: InvoiceFact, facts: readonly Fact[]): CaseFacts | null => {
  if (state.subscription === null) return null
  const seen = invoiceDebt(state)
  const standing = standingIn(seen)
  const debt: Debt = {
    invoice: state.id,
    state: observe({
      observed,
      state: seen,
      ...(before === undefined ? {} : { before: invoiceDebt(before) }),
    }),
    failedAt: firstOf(facts, state.id, 'payment_failed'),
    actionAt: firstOf(facts, state.id, 'action_required'),
    overdueAt: firstOf(facts, state.id, 'overdue'),
    settledAt: standing === 'settled' ? observed.at : null,
    writtenOffAt: standing === 'written_off' ? observed.at : null,
  }
  return {
    ...noFacts(observed.scope, state.subscription),
    debts: [debt],
    clock: state.testClock,
    heardAt:
      state.testClock === null
        ? observed.at
        : Math.max(
            ...[state.createdAt, state.finalizedAt, state.paidAt, debt.failedAt, debt.actionAt].map(
              (at) => at ?? 0,
            ),
          ),
  }
}

/** Unix seconds, on the customer's own clock, of the first failure of this kind that the facts tell of an invoice. */
const firstOf = (
  facts: readonly Fact[],
  invoice: string,
  kind: InvoiceFailureState['kind'],
): number | null => {
  const found = facts.flatMap((fact) =>
    fact.kind === 'invoice_failure' && fact.state.invoice === invoice && fact.state.kind === kind
      ? [fact.state.at]
      : [],
  )
  return found.length === 0 ? null : Math.min(...found)
}

/** Idempotent, commutative, associative. */
export const mergeCaseFacts = (a: CaseFacts | undefined, b: CaseFacts): CaseFacts => {
  if (a === undefined) return b
  const debts = new Map(a.debts.map((debt) => [debt.invoice, debt]))
  for (const debt of b.debts) debts.set(debt.invoice, mergeDebts(debts.get(debt.invoice), debt))
  return {
    id: a.id,
    scope: a.scope,
    subscription: a.subscription,
    debts: [...debts.values()].sort((x, y) => (x.invoice < y.invoice ? -1 : 1)),
    end: b.end === null ? a.end : mergeRegisters(a.end ?? undefined, b.end, lifecycle),
    // A subscription never changes its clock; of two names any rule serves that does not depend on order.
    clock: a.clock === null || (b.clock !== null && b.clock > a.clock) ? b.clock : a.clock,
    heardAt: Math.max(a.heardAt, b.heardAt),
    tiers: mergeTiers(a.tiers, b.tiers),
  }
}

const mergeTiers = (a: CaseFacts['tiers'], b: CaseFacts['tiers']): CaseFacts['tiers'] => {
  const merged: Record<string, LicenseTier> = { ...a }
  for (const [license, tier] of Object.entries(b)) {
    const known = merged[license]
    if (known === undefined || known.version < tier.version) merged[license] = tier
  }
  return merged
}
