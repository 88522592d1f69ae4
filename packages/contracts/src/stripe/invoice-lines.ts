import type { InvoiceLine } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { asCount, asId, asInstant, asInteger, asList, asObject, fieldOf, idOf } from './json.ts'
import { type Malformed, malformed } from './malformed.ts'
import { priceOf, priceOfPricing } from './price.ts'

export interface ListedLines {
  readonly lines: readonly InvoiceLine[]
  readonly complete: boolean
}

/** Since basil a line says where it comes from in `parent`: from a subscription item, or from an invoice item. */
const originOf = (line: Json): Json | null => {
  const parent = asObject(line.parent)
  if (parent === null) return null
  const item = asObject(parent.subscription_item_details)
  const invoiceItem = asObject(parent.invoice_item_details)
  return parent.type === 'invoice_item_details' ? (invoiceItem ?? item) : (item ?? invoiceItem)
}

const lineState = (line: Json, id: string, subscription: string | null): InvoiceLine => {
  const origin = originOf(line)
  // Old lines of the invoice's own subscription left `subscription` null and said only their type.
  const ownSubscription = line.type === 'subscription' ? subscription : null
  return {
    id,
    // The price object also knows its lookup key, so it goes first where a payload carries both shapes.
    price: priceOf(line.price) ?? priceOfPricing(line.pricing) ?? priceOf(line.plan),
    subscription: idOf(origin?.subscription) ?? idOf(line.subscription) ?? ownSubscription,
    subscriptionItem: idOf(origin?.subscription_item) ?? idOf(line.subscription_item),
    periodStart: asInstant(fieldOf(line.period, 'start')),
    periodEnd: asInstant(fieldOf(line.period, 'end')),
    proration: (origin?.proration ?? line.proration) === true,
    amount: asInteger(line.amount),
    quantity: asCount(line.quantity),
  }
}

/** The lines of an invoice in Stripe's order. A line that cannot be identified would look like one never billed. */
export const invoiceLines = (invoice: Json, subscription: string | null): ListedLines | Malformed => {
  if (invoice.lines === undefined) return { lines: [], complete: false }
  const list = asList(invoice.lines)
  if (list === null) return malformed('invoice: lines is no list')
  const lines: InvoiceLine[] = []
  for (const entry of list.data) {
    const line = asObject(entry)
    const id = asId(line?.id)
    if (line === null || id === null) return malformed('invoice: a line has no id')
    lines.push(lineState(line, id, subscription))
  }
  return { lines, complete: list.complete }
}
