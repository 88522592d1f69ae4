import type { Fact, InvoiceFailureState, InvoiceState, Scope, SubscriptionState } from '@keyflow/contracts'

/** Plain examples for tests: every field has a value, a test names those that it is about. */
export const SCOPE: Scope = { account: 'platform', livemode: false }

interface Seen {
  readonly at?: number
  readonly eventId?: string
}

const observed = ({ at = 1, eventId = `evt_${at}` }: Seen) => ({ scope: SCOPE, at, rank: 1, eventId })

export const subscription = (state: Partial<SubscriptionState>, seen: Seen = {}): Fact => ({
  kind: 'subscription',
  observed: observed(seen),
  state: {
    id: 'sub_1',
    customer: 'cus_1',
    status: 'active',
    items: [],
    itemsComplete: true,
    cancelAt: null,
    canceledAt: null,
    endedAt: null,
    cancelReason: null,
    pauseCollection: null,
    pausedType: null,
    trialEnd: null,
    startedAt: null,
    collectionMethod: 'charge_automatically',
    latestInvoice: null,
    pendingUpdate: null,
    testClock: null,
    ...state,
  },
})

export const invoice = (state: Partial<InvoiceState>, seen: Seen = {}): Fact => ({
  kind: 'invoice',
  observed: observed(seen),
  state: {
    id: 'in_1',
    customer: 'cus_1',
    subscription: 'sub_1',
    status: 'open',
    billingReason: 'subscription_cycle',
    collectionMethod: 'charge_automatically',
    currency: 'eur',
    amountDue: 1900,
    amountPaid: 0,
    amountRemaining: 1900,
    attemptCount: 1,
    nextPaymentAttempt: null,
    dueDate: null,
    createdAt: 1,
    finalizedAt: null,
    paidAt: null,
    hostedInvoiceUrl: null,
    invoicePdf: null,
    number: null,
    email: null,
    name: null,
    lines: [],
    linesComplete: true,
    testClock: null,
    ...state,
  },
})

/** What one event of a failed invoice tells: the invoice, and that it failed. */
export const failed = (
  state: Partial<InvoiceState> = {},
  seen: Seen = {},
  kind: InvoiceFailureState['kind'] = 'payment_failed',
): readonly Fact[] => {
  const about = invoice(state, seen)
  return [
    about,
    {
      kind: 'invoice_failure',
      observed: about.observed,
      state: {
        id: `${about.state.id}:${about.observed.eventId}`,
        invoice: about.state.id,
        kind,
        at: about.observed.at,
        attemptCount: 1,
      },
    },
  ]
}

export const paid = (state: Partial<InvoiceState> = {}, seen: Seen = {}): readonly Fact[] => [
  invoice({ status: 'paid', amountPaid: 1900, amountRemaining: 0, ...state }, seen),
]
