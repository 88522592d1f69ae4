import type { Fact } from './facts.ts'

const mentioned = (fact: Fact): readonly (string | null)[] => {
  switch (fact.kind) {
    case 'subscription':
      return [fact.state.id, fact.state.customer, fact.state.latestInvoice]
    case 'subscription_schedule':
      return [fact.state.id, fact.state.customer, fact.state.subscription]
    case 'customer':
    case 'checkout_line_items':
      return [fact.state.id]
    case 'checkout_session': {
      const { id, customer, subscription, invoice, paymentIntent } = fact.state
      return [id, customer, subscription, invoice, paymentIntent]
    }
    case 'invoice': {
      const { id, customer, subscription, lines } = fact.state
      return [id, customer, subscription, ...lines.map((line) => line.subscription)]
    }
    case 'invoice_failure':
      return [fact.state.invoice]
    case 'payment_link': {
      const { invoice, paymentIntent, charge, session, customer } = fact.state
      return [invoice, paymentIntent, charge, session, customer]
    }
    case 'charge':
      return [fact.state.id, fact.state.paymentIntent, fact.state.customer]
    case 'test_clock':
      return []
    case 'refund':
    case 'dispute':
    case 'fraud_warning':
      return [fact.state.charge, fact.state.paymentIntent]
  }
}

/**
 * Ids of the customers, subscriptions, invoices, payment intents, charges and checkout sessions that a fact ties
 * together: whatever names one of them belongs to the same story. Sorted, each once, without their scope.
 */
export const identitiesOf = (fact: Fact): string[] =>
  [...new Set(mentioned(fact).filter((id) => id !== null))].sort()
