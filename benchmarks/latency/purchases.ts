import { createHmac } from 'node:crypto'
import {
  createStripeAccount,
  createSubscriptionStory,
  type StripeEvent,
} from '../../services/licensing/test/history/stripe-account.ts'

/** What a purchase makes Stripe send, as far as a license depends on it: four events. */
const SENT = new Set([
  'customer.created',
  'customer.subscription.created',
  'invoice.paid',
  'invoice_payment.paid',
])
/** The license follows from this one. */
export const DECISIVE = 'customer.subscription.created'
const EVENT_BYTES = 3000

export interface Purchase {
  readonly email: string
  readonly events: readonly { readonly type: string; readonly body: string }[]
}

export const createPurchase = (name: string): Purchase => {
  const account = createStripeAccount(name, Math.floor(Date.now() / 1000))
  const story = createSubscriptionStory(account, {
    price: 'price_pro_monthly',
    trial: false,
    payAtOnce: true,
  })
  const events = account.events
    .filter(({ type }) => SENT.has(type))
    .map((event) => ({ type: event.type, body: padded(event) }))
  return { email: `${story.customer.replace('_', '-')}@example.test`, events }
}

const padded = (event: StripeEvent): string => {
  const missing = Math.max(0, EVENT_BYTES - JSON.stringify(event).length)
  const object = { ...event.data.object, description: 'x'.repeat(missing) }
  return JSON.stringify({ ...event, data: { ...event.data, object } })
}

export const sign = (body: string, secret: string): string => {
  const t = Math.floor(Date.now() / 1000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}
