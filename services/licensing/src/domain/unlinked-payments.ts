import { current } from '@keyflow/contracts'
import type { SnapshotNeed } from './derived-license.ts'
import type { LedgerFacts } from './ledger-facts.ts'

/**
 * Payments that were refunded or disputed while nobody said what they paid for. Newer payloads name no invoice, and
 * the event that would tell may never have come: Stripe is asked which invoices the payment belongs to.
 */
export const unlinkedPayments = (facts: LedgerFacts): readonly SnapshotNeed[] => {
  const intents = new Set<string>()
  const intentOf = (o: {
    readonly charge: string | null
    readonly paymentIntent: string | null
  }): string | null => {
    if (o.paymentIntent !== null || o.charge === null) return o.paymentIntent
    const charge = facts.charges[o.charge]
    return charge === undefined ? null : current(charge).state.paymentIntent
  }
  const touched = [
    ...Object.values(facts.refunds),
    ...Object.values(facts.disputes),
    ...Object.values(facts.fraudWarnings),
  ]
  for (const register of touched) {
    const intent = intentOf(current<{ charge: string | null; paymentIntent: string | null }>(register).state)
    if (intent !== null) intents.add(intent)
  }
  for (const register of Object.values(facts.charges)) {
    const { state } = current(register)
    if ((state.amountRefunded ?? 0) > 0 && state.paymentIntent !== null) intents.add(state.paymentIntent)
  }
  if (intents.size === 0) return []
  for (const link of Object.values(facts.links))
    if (link.paymentIntent !== null && (link.invoice !== null || link.session !== null))
      intents.delete(link.paymentIntent)
  for (const register of Object.values(facts.sessions)) {
    const { paymentIntent } = current(register).state
    if (paymentIntent !== null) intents.delete(paymentIntent)
  }
  return [...intents].sort().map((subject) => ({ what: 'invoice_payments', subject }))
}
