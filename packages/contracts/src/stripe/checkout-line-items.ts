import type { CheckoutLineItem, CheckoutLineItemsState } from '../facts/facts.ts'
import { asCount, asId, asList, asObject } from './json.ts'
import { type Malformed, malformed } from './malformed.ts'
import { priceOf } from './price.ts'

/** What a session sold, from the answer of `GET /v1/checkout/sessions/{id}/line_items` or the same list expanded. */
export const checkoutLineItems = (body: unknown, session: string): CheckoutLineItemsState | Malformed => {
  const list = asList(body)
  if (list === null) return malformed('checkout.session: line_items is no list')
  const items: CheckoutLineItem[] = []
  for (const entry of list.data) {
    const item = asObject(entry)
    const id = asId(item?.id)
    if (item === null || id === null) return malformed('checkout.session: a line item has no id')
    items.push({ id, price: priceOf(item.price) ?? priceOf(item.plan), quantity: asCount(item.quantity) })
  }
  return { id: session, items, itemsComplete: list.complete }
}
