import { current } from '@keyflow/contracts'
import type { LedgerFacts } from './ledger-facts.ts'

/** What became of the money behind an invoice or a checkout session. */
export interface PaymentState {
  readonly refundedInFull: boolean
  readonly disputeOpen: boolean
  readonly disputeLost: boolean
  /** A card network warns of fraud, and nothing has been done about it yet. */
  readonly fraudWarned: boolean
}

const UNTOUCHED: PaymentState = {
  refundedInFull: false,
  disputeOpen: false,
  disputeLost: false,
  fraudWarned: false,
}

/**
 * Follows payment links (invoice or session -> payment intents -> charges) to refunds and disputes, which name no
 * customer and no invoice. Works whichever part arrived first.
 */
export const paymentOf = (
  facts: LedgerFacts,
  start: { readonly invoice?: string; readonly session?: string; readonly intent?: string | null },
  paid: number | null,
): PaymentState => {
  const reach = reachable(facts, start)
  if (reach.intents.size === 0 && reach.charges.size === 0) return UNTOUCHED
  const touches = (o: { charge: string | null; paymentIntent: string | null }): boolean =>
    (o.charge !== null && reach.charges.has(o.charge)) ||
    (o.paymentIntent !== null && reach.intents.has(o.paymentIntent))
  const disputes = Object.values(facts.disputes)
    .map((r) => current(r).state)
    .filter(touches)
  return {
    refundedInFull: isRefunded(facts, reach.charges, touches, paid),
    disputeOpen: disputes.some((d) => OPEN_DISPUTES.has(d.status)),
    disputeLost: disputes.some((d) => d.status === 'lost'),
    fraudWarned: Object.values(facts.fraudWarnings)
      .map((r) => current(r).state)
      .some((warning) => warning.actionable && touches(warning)),
  }
}

/** `warning_*` are inquiries: no funds have moved. */
const OPEN_DISPUTES = new Set(['needs_response', 'under_review'])

const reachable = (
  facts: LedgerFacts,
  start: { readonly invoice?: string; readonly session?: string; readonly intent?: string | null },
): { intents: Set<string>; charges: Set<string> } => {
  const intents = new Set<string>(start.intent == null ? [] : [start.intent])
  const charges = new Set<string>()
  const links = Object.values(facts.links)
  for (const link of links)
    if (
      (start.invoice !== undefined && link.invoice === start.invoice) ||
      (start.session !== undefined && link.session === start.session)
    ) {
      if (link.paymentIntent !== null) intents.add(link.paymentIntent)
      if (link.charge !== null) charges.add(link.charge)
    }
  for (const link of links)
    if (link.paymentIntent !== null && intents.has(link.paymentIntent) && link.charge !== null)
      charges.add(link.charge)
  for (const register of Object.values(facts.charges)) {
    const { state } = current(register)
    if (state.paymentIntent !== null && intents.has(state.paymentIntent)) charges.add(state.id)
  }
  return { intents, charges }
}

/**
 * Refund objects say which refunds stand (a failed one gives the money back to us); the charge's cumulative amount
 * fills in for those that were never seen as objects.
 */
const isRefunded = (
  facts: LedgerFacts,
  charges: ReadonlySet<string>,
  touches: (o: { charge: string | null; paymentIntent: string | null }) => boolean,
  paid: number | null,
): boolean => {
  const refunds = Object.values(facts.refunds)
    .map((r) => current(r))
    .filter(({ state }) => touches(state))
  const isFailed = (status: string): boolean => status === 'failed' || status === 'canceled'
  const standing = refunds.filter(({ state }) => !isFailed(state.status))
  const failed = refunds.filter(({ state }) => isFailed(state.status))
  let byObjects = 0
  for (const { state } of standing) byObjects += state.amount ?? 0
  let byCharges = 0
  let charged = 0
  for (const id of charges) {
    const register = facts.charges[id]
    if (register === undefined) continue
    const { state, at } = current(register)
    charged += state.amount ?? 0
    const undone = failed.filter((f) => f.at >= at).reduce((sum, f) => sum + (f.state.amount ?? 0), 0)
    byCharges += Math.max(0, (state.amountRefunded ?? 0) - undone)
  }
  const amount = Math.max(byObjects, byCharges)
  const due = charged > 0 ? charged : (paid ?? 0)
  return due > 0 && amount >= due
}
