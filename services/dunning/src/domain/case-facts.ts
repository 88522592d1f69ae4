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
import { type Debt, invoiceDebt, mergeDebts } from './debt.ts'

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
}

/** `canceled` is final, whatever older state arrives later. */
const lifecycle = ({ status }: SubscriptionEnd): number =>
  status === 'canceled' || status === 'incomplete_expired' ? 1 : 0

/** Facts of one event, by subscription. Invoices without one (made by hand) are nobody's case. */
export const caseFactsIn = (facts: readonly Fact[]): readonly CaseFacts[] => {
  const cases = new Map<string, CaseFacts>()
  const add = (one: CaseFacts): void => {
    cases.set(one.id, mergeCaseFacts(cases.get(one.id), one))
  }
  for (const fact of facts) {
    const { scope } = fact.observed
    if (fact.kind === 'subscription') {
      const { id, status, customer, cancelReason } = fact.state
      const narrow = (s: typeof fact.state): SubscriptionEnd => ({
        status: s.status,
        customer: s.customer,
        cancelReason: s.cancelReason,
      })
      const end = observe({
        observed: fact.observed,
        state: { status, customer, cancelReason },
        ...(fact.before === undefined ? {} : { before: narrow(fact.before) }),
      })
      add({ id: scopedId(scope, id), scope, subscription: id, debts: [], end })
    }
    if (fact.kind !== 'invoice' || fact.state.subscription === null) continue
    const { id, subscription } = fact.state
    const debt: Debt = {
      invoice: id,
      state: observe({
        observed: fact.observed,
        state: invoiceDebt(fact.state),
        ...(fact.before === undefined ? {} : { before: invoiceDebt(fact.before) }),
      }),
      failedAt: firstOf(facts, id, ['payment_failed', 'action_required']),
      overdueAt: firstOf(facts, id, ['overdue']),
    }
    add({ id: scopedId(scope, subscription), scope, subscription, debts: [debt], end: null })
  }
  return [...cases.values()]
}

/** Unix seconds, on the customer's own clock, of the first failure of these kinds that the facts tell of an invoice. */
const firstOf = (
  facts: readonly Fact[],
  invoice: string,
  kinds: readonly InvoiceFailureState['kind'][],
): number | null => {
  const found = facts.flatMap((fact) =>
    fact.kind === 'invoice_failure' && fact.state.invoice === invoice && kinds.includes(fact.state.kind)
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
  }
}
