import type { JsonObject } from '../json.ts'
import { embeddedList } from '../render/lists.ts'
import { renderCheckoutLineItem } from '../render/newest/checkout-session.ts'
import { render } from '../render/render.ts'
import type { Shape } from '../render/versions.ts'
import type { Store } from '../store/store.ts'

/** Lists that an object carries only when they are expanded; undefined when it has no such list. */
export const includedList = (
  store: Store,
  shape: Shape,
  owner: JsonObject,
  name: string,
): JsonObject | undefined => {
  const id = String(owner.id)
  switch (`${owner.object}.${name}`) {
    case 'checkout.session.line_items': {
      const session = store.get('checkout.session', id)
      return embeddedList(
        (session?.line_items ?? []).map(renderCheckoutLineItem),
        `/v1/checkout/sessions/${id}/line_items`,
      )
    }
    case 'invoice.payments':
      return embeddedList(
        store
          .all('invoice_payment')
          .filter((payment) => payment.invoice === id)
          .map((payment) => render(payment, shape)),
        `/v1/invoice_payments?invoice=${id}`,
      )
    case 'charge.refunds':
      return embeddedList(
        (store.get('charge', id)?.refunds ?? []).map((refund) => render(refund, shape)),
        `/v1/charges/${id}/refunds`,
      )
    case 'customer.subscriptions':
      return embeddedList(
        store
          .all('subscription')
          .filter((subscription) => subscription.customer === id && subscription.status !== 'canceled')
          .map((subscription) => render(subscription, shape)),
        `/v1/customers/${id}/subscriptions`,
      )
    default:
      return undefined
  }
}
