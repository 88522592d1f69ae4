import { type Json, PAGE, type StripeAccount } from './stripe-account.ts'

const MONTH = 30 * 86_400
const YEAR = 365 * 86_400

export const PRICES = ['price_starter_monthly', 'price_pro_monthly', 'price_business_annual'] as const
export type PriceId = (typeof PRICES)[number]

const periodOf = (price: string): number => (price.endsWith('annual') ? YEAR : MONTH)

/** One subscription with its invoices and payments. */
export const createSubscriptionStory = (
  account: StripeAccount,
  options: { price: PriceId; trial: boolean; payAtOnce: boolean; customer?: string },
) => {
  const customer = options.customer ?? account.nextId('cus')
  const id = account.nextId('sub')
  const item = account.nextId('si')
  const itemsWith = (price: string, start: number, end: number, quantity: number): Json => ({
    object: 'list',
    data: [
      {
        id: item,
        object: 'subscription_item',
        price: { id: price, object: 'price', product: 'prod_x', lookup_key: null },
        quantity,
        current_period_start: start,
        current_period_end: end,
      },
    ],
    has_more: false,
  })
  const start = account.now()
  let price: string = options.price
  let quantity = 1
  let periodEnd = start + (options.trial ? 14 * 86_400 : periodOf(price))
  const subscription: Json = {
    id,
    object: 'subscription',
    customer,
    status: options.trial ? 'trialing' : options.payAtOnce ? 'active' : 'incomplete',
    items: itemsWith(price, start, periodEnd, quantity),
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    cancellation_details: { reason: null },
    pause_collection: null,
    trial_end: options.trial ? periodEnd : null,
    start_date: start,
    collection_method: 'charge_automatically',
    latest_invoice: null,
    pending_update: null,
  }
  const paidCharges: { charge: Json; intent: string }[] = []
  const openInvoices: Json[] = []
  const disputes: Json[] = []
  const status = (): string => subscription.status as string
  const isOver = (): boolean => status() === 'canceled' || status() === 'incomplete_expired'

  let schedule: Json | null = null
  let invoices = 0

  /** Every fourth invoice is so long that its subscription's line is not on the first page. */
  const otherLines = (from: number): readonly Json[] =>
    invoices % 4 === 3
      ? Array.from({ length: PAGE }, (_, at) => ({
          id: `${id}_note${invoices}_${at}`,
          object: 'line_item',
          amount: 0,
          period: { start: from, end: from },
        }))
      : []

  const createInvoice = (reason: string, from: number, to: number, amount: number): Json => {
    const invoice: Json = {
      id: account.nextId('in'),
      object: 'invoice',
      customer,
      status: 'draft',
      billing_reason: reason,
      currency: 'usd',
      amount_due: amount,
      amount_paid: 0,
      amount_remaining: amount,
      attempt_count: 0,
      created: account.now(),
      parent: { type: 'subscription_details', subscription_details: { subscription: id, metadata: {} } },
      status_transitions: { paid_at: null },
      lines: {
        object: 'list',
        has_more: false,
        data: [
          ...otherLines(from),
          {
            id: account.nextId('il'),
            object: 'line_item',
            amount,
            quantity,
            period: { start: from, end: to },
            pricing: { price_details: { price, product: 'prod_x' } },
            parent: {
              type: 'subscription_item_details',
              subscription_item_details: { subscription: id, subscription_item: item, proration: false },
            },
          },
        ],
      },
    }
    invoices += 1
    account.emit('invoice.created', invoice)
    account.update('invoice.finalized', invoice, { status: 'open' })
    return invoice
  }

  const pay = (invoice: Json): void => {
    const amount = invoice.amount_due as number
    if (amount > 0) {
      const intent = account.nextId('pi')
      const charge: Json = {
        id: account.nextId('ch'),
        object: 'charge',
        customer,
        payment_intent: intent,
        amount,
        amount_refunded: 0,
        refunded: false,
        currency: 'usd',
        paid: true,
      }
      account.emit('charge.succeeded', charge)
      account.emit('invoice_payment.paid', {
        id: account.nextId('inpay'),
        object: 'invoice_payment',
        invoice: invoice.id,
        status: 'paid',
        payment: { type: 'payment_intent', payment_intent: intent },
      })
      paidCharges.push({ charge, intent })
    }
    Object.assign(invoice, {
      status: 'paid',
      amount_paid: amount,
      amount_remaining: 0,
      status_transitions: { paid_at: account.now() },
    })
    account.emit('invoice.paid', invoice)
    account.emit('invoice.payment_succeeded', invoice)
  }

  const payOpen = (): void => {
    for (const invoice of openInvoices.splice(0)) pay(invoice)
  }

  account.emit('customer.created', {
    id: customer,
    object: 'customer',
    email: `${name(customer)}@example.test`,
  })
  account.emit('customer.subscription.created', subscription)
  if (options.trial) pay(createInvoice('subscription_create', start, periodEnd, 0))
  else {
    const first = createInvoice('subscription_create', start, periodEnd, 1900)
    if (options.payAtOnce) pay(first)
    else openInvoices.push(first)
  }

  return {
    id,
    item,
    customer,
    subscription,
    /** Each returns without a trace when Stripe would not allow it in the present state. */
    actions: {
      confirmFirst: (): void => {
        if (status() !== 'incomplete') return
        payOpen()
        account.update('customer.subscription.updated', subscription, { status: 'active' })
      },
      giveUpFirst: (): void => {
        if (status() !== 'incomplete') return
        account.update('customer.subscription.updated', subscription, {
          status: 'incomplete_expired',
          ended_at: account.now(),
        })
      },
      renew: (): void => {
        if (status() !== 'active' && status() !== 'trialing') return
        const from = periodEnd
        periodEnd = from + periodOf(price)
        account.update('customer.subscription.updated', subscription, {
          items: itemsWith(price, from, periodEnd, quantity),
          status: 'active',
        })
        pay(createInvoice('subscription_cycle', from, periodEnd, 1900))
      },
      renewAndFail: (): void => {
        if (status() !== 'active') return
        const from = periodEnd
        periodEnd = from + periodOf(price)
        account.update('customer.subscription.updated', subscription, {
          items: itemsWith(price, from, periodEnd, quantity),
        })
        const invoice = createInvoice('subscription_cycle', from, periodEnd, 1900)
        account.update('invoice.payment_failed', invoice, { attempt_count: 1 })
        openInvoices.push(invoice)
        account.update('customer.subscription.updated', subscription, { status: 'past_due' })
      },
      giveUpDunning: (): void => {
        if (status() === 'past_due')
          account.update('customer.subscription.updated', subscription, { status: 'unpaid' })
      },
      recover: (): void => {
        if (status() !== 'past_due' && status() !== 'unpaid') return
        payOpen()
        account.update('customer.subscription.updated', subscription, { status: 'active' })
      },
      changePrice: (to: PriceId): void => {
        if (isOver() || status() === 'incomplete' || to === price) return
        price = to
        const from = account.now()
        periodEnd = Math.max(periodEnd, from + periodOf(price))
        account.update('customer.subscription.updated', subscription, {
          items: itemsWith(price, from, periodEnd, quantity),
        })
        if (status() === 'active') pay(createInvoice('subscription_update', from, periodEnd, 900))
      },
      changeQuantity: (to: number): void => {
        if (isOver() || status() === 'incomplete' || to === quantity) return
        quantity = to
        const data = (subscription.items as { data: Json[] }).data[0] as { current_period_start: number }
        account.update('customer.subscription.updated', subscription, {
          items: itemsWith(price, data.current_period_start, periodEnd, quantity),
        })
      },
      /** A change of plan at the end of the period, taken back when it is asked for again. */
      toggleSchedule: (to: PriceId): void => {
        if (status() !== 'active') return
        if (schedule !== null) {
          account.update('subscription_schedule.released', schedule, {
            status: 'released',
            subscription: null,
            released_subscription: id,
            current_phase: null,
          })
          schedule = null
          return
        }
        const phase = (price: string, start: number, end: number): Json => ({
          start_date: start,
          end_date: end,
          items: [{ price, quantity }],
        })
        schedule = {
          id: account.nextId('sub_sched'),
          object: 'subscription_schedule',
          customer,
          subscription: id,
          status: 'active',
          current_phase: { start_date: account.now(), end_date: periodEnd },
          phases: [phase(price, account.now(), periodEnd), phase(to, periodEnd, periodEnd + periodOf(to))],
        }
        account.emit('subscription_schedule.created', schedule)
      },
      /** Asks for a change that waits for its payment, or lets it lapse. */
      togglePending: (to: PriceId): void => {
        if (status() !== 'active') return
        const isPending = (subscription.pending_update ?? null) !== null
        account.update(
          isPending ? 'customer.subscription.pending_update_expired' : 'customer.subscription.updated',
          subscription,
          {
            pending_update: isPending
              ? null
              : {
                  expires_at: account.now() + 82_800,
                  subscription_items: [{ id: item, price: { id: to, object: 'price' }, quantity }],
                },
          },
        )
      },
      toggleCancel: (viaFlag: boolean): void => {
        if (isOver() || status() === 'incomplete') return
        const isScheduled = subscription.cancel_at !== null || subscription.cancel_at_period_end === true
        account.update(
          'customer.subscription.updated',
          subscription,
          isScheduled
            ? { cancel_at: null, cancel_at_period_end: false, canceled_at: null }
            : viaFlag
              ? { cancel_at_period_end: true, canceled_at: account.now() }
              : { cancel_at: periodEnd, canceled_at: account.now() },
        )
      },
      togglePause: (): void => {
        if (status() !== 'active') return
        const paused = subscription.pause_collection !== null
        account.update('customer.subscription.updated', subscription, {
          pause_collection: paused ? null : { behavior: 'void', resumes_at: null },
        })
      },
      cancel: (): void => {
        if (isOver() || status() === 'incomplete') return
        Object.assign(subscription, {
          status: 'canceled',
          canceled_at: account.now(),
          ended_at: account.now(),
          cancellation_details: { reason: 'cancellation_requested' },
        })
        account.emit('customer.subscription.deleted', subscription)
      },
      refundLast: (amount: 'full' | 'part'): void => {
        const last = paidCharges.at(-1)
        if (last === undefined || last.charge.refunded === true) return
        const left = (last.charge.amount as number) - (last.charge.amount_refunded as number)
        const value = amount === 'full' ? left : Math.floor(left / 3)
        if (value === 0) return
        account.emit('refund.created', {
          id: account.nextId('re'),
          object: 'refund',
          charge: last.charge.id,
          payment_intent: last.intent,
          amount: value,
          currency: 'usd',
          status: 'succeeded',
        })
        account.update('charge.refunded', last.charge, {
          amount_refunded: (last.charge.amount_refunded as number) + value,
          refunded: value === left,
        })
      },
      dispute: (): void => {
        const last = paidCharges.at(-1)
        if (last === undefined || disputes.length > 0) return
        const dispute: Json = {
          id: account.nextId('du'),
          object: 'dispute',
          charge: last.charge.id,
          payment_intent: last.intent,
          amount: last.charge.amount,
          currency: 'usd',
          status: 'needs_response',
          reason: 'fraudulent',
        }
        disputes.push(dispute)
        account.emit('charge.dispute.created', dispute)
      },
      closeDispute: (outcome: 'won' | 'lost'): void => {
        const dispute = disputes.find((d) => d.status === 'needs_response')
        if (dispute !== undefined) account.update('charge.dispute.closed', dispute, { status: outcome })
      },
    },
  }
}
export type SubscriptionStory = ReturnType<typeof createSubscriptionStory>

const name = (id: string): string => id.replace('_', '-')
