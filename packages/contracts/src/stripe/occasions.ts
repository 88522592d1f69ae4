import type { Scope } from '../records/scope.ts'
import { objectOf, scopeOf } from './envelope.ts'
import { HANDLED_EVENT_TYPES } from './event-types.ts'
import {
  asCount,
  asId,
  asInstant,
  asInteger,
  asList,
  asObject,
  asText,
  fieldOf,
  idOf,
  type Json,
  parseJson,
} from './json.ts'

/** Minor units. */
export interface OccasionAmount {
  readonly currency: string
  readonly amount: number
}

/** What Stripe announces, and nothing follows from but a mail. Instants are unix seconds. */
export type Occasion = { readonly scope: Scope; readonly customer: string } & (
  | {
      readonly kind: 'trial_ending'
      readonly subscription: string
      readonly endsAt: number
      readonly price: OccasionAmount | null
    }
  /** Only of subscriptions that renew once a year or more rarely: the others nobody forgets. */
  | {
      readonly kind: 'renewal_upcoming'
      readonly subscription: string
      readonly renewsAt: number
      readonly price: OccasionAmount
    }
  | {
      readonly kind: 'card_expiring'
      readonly card: string
      readonly last4: string
      readonly year: number
      readonly month: number
    }
)

/** Event types that give occasions without giving facts: a webhook endpoint has to be told of them as well. */
export const OCCASION_EVENT_TYPES: readonly string[] = ['customer.source.expiring', 'invoice.upcoming']

/** What a webhook endpoint's `enabled_events` must contain: events that give facts, and those that only give a mail. Sorted. */
export const ENDPOINT_EVENT_TYPES: readonly string[] = [
  ...HANDLED_EVENT_TYPES,
  ...OCCASION_EVENT_TYPES,
].sort()

const READERS: ReadonlyMap<string, (object: Json, scope: Scope) => Occasion | null> = new Map([
  ['customer.subscription.trial_will_end', readTrialEnding],
  ['invoice.upcoming', readRenewal],
  ['customer.source.expiring', readCardExpiring],
])

/** The occasion of an event; null for every other. Pure and total: what cannot be read gives no mail. */
export const readOccasion = (body: string | Uint8Array): Occasion | null => {
  const event = asObject(parseJson(body))
  const reader = READERS.get(asId(event?.type) ?? '')
  if (event === null || reader === undefined) return null
  const scope = scopeOf(event)
  const object = objectOf(event)
  return scope === null || object === null ? null : reader(object, scope)
}

function readTrialEnding(object: Json, scope: Scope): Occasion | null {
  const subscription = asId(object.id)
  const customer = idOf(object.customer)
  const endsAt = asInstant(object.trial_end)
  if (subscription === null || customer === null || endsAt === null) return null
  return { scope, customer, kind: 'trial_ending', subscription, endsAt, price: priceOf(object) }
}

/** The sum of the items, where each has a simple price of one currency. */
const priceOf = (subscription: Json): OccasionAmount | null => {
  const list = asList(subscription.items)
  if (list === null || !list.complete || list.data.length === 0) return null
  let amount = 0
  const currencies = new Set<string>()
  for (const item of list.data) {
    const price = fieldOf(item, 'price') ?? fieldOf(item, 'plan')
    const unit = asCount(fieldOf(price, 'unit_amount')) ?? asCount(fieldOf(price, 'amount'))
    const currency = asText(fieldOf(price, 'currency'))
    const quantity = asCount(fieldOf(item, 'quantity')) ?? 1
    if (unit === null || currency === null) return null
    amount += unit * quantity
    currencies.add(currency)
  }
  const [currency] = currencies
  return currencies.size === 1 && currency !== undefined ? { currency, amount } : null
}

/** A year, less what calendars and time zones may take from it. */
const NEARLY_A_YEAR = 360 * 86_400

function readRenewal(object: Json, scope: Scope): Occasion | null {
  const customer = idOf(object.customer)
  const parent = fieldOf(fieldOf(object, 'parent'), 'subscription_details')
  const subscription = idOf(fieldOf(parent, 'subscription')) ?? idOf(object.subscription)
  const renewsAt = asInstant(object.next_payment_attempt) ?? asInstant(object.period_end)
  const currency = asText(object.currency)
  const amount = asInteger(object.amount_due)
  const isYearly = (asList(object.lines)?.data ?? []).some((line) => {
    const period = fieldOf(line, 'period')
    const start = asInstant(fieldOf(period, 'start'))
    const end = asInstant(fieldOf(period, 'end'))
    return start !== null && end !== null && end - start >= NEARLY_A_YEAR
  })
  if (customer === null || subscription === null || renewsAt === null || !isYearly) return null
  if (currency === null || amount === null || amount <= 0) return null
  return { scope, customer, kind: 'renewal_upcoming', subscription, renewsAt, price: { currency, amount } }
}

function readCardExpiring(object: Json, scope: Scope): Occasion | null {
  const card = asId(object.id)
  const customer = idOf(object.customer)
  const details = asObject(object.card) ?? object
  const last4 = asText(details.last4)
  const year = asCount(details.exp_year)
  const month = asCount(details.exp_month)
  if (card === null || customer === null || last4 === null || !/^\d{2,4}$/.test(last4)) return null
  if (year === null || month === null || month < 1 || month > 12) return null
  return { scope, customer, kind: 'card_expiring', card, last4, year, month }
}
