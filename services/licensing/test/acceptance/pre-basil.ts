import type { Json, StripeEvent } from '../history/stripe-account.ts'

/** The same event as an endpoint pinned to a version before 2025-03-31.basil gets it. */
export const toPreBasil = (event: StripeEvent): StripeEvent => {
  const object = structuredClone(event.data.object)
  if (object.object === 'subscription')
    return { ...event, api_version: '2020-08-27', data: { object: subscription(object) } }
  if (object.object === 'invoice')
    return { ...event, api_version: '2020-08-27', data: { object: invoice(object) } }
  return { ...event, api_version: '2020-08-27' }
}

const subscription = (object: Json): Json => {
  const items = object.items as { data: Json[] }
  const [first] = items.data
  const period = {
    current_period_start: first?.current_period_start,
    current_period_end: first?.current_period_end,
  }
  const data = items.data.map(({ current_period_start: _s, current_period_end: _e, ...item }) => item)
  return { ...object, ...period, items: { ...items, data } }
}

const invoice = ({ parent, ...object }: Json): Json => {
  const details = (parent as { subscription_details: { subscription: string } }).subscription_details
  const lines = object.lines as { data: Json[] }
  const data = lines.data.map(({ parent: lineParent, pricing, ...line }) => {
    const item = (lineParent as { subscription_item_details: Json }).subscription_item_details
    const { price } = (pricing as { price_details: { price: string } }).price_details
      ? (pricing as { price_details: { price: string } }).price_details
      : { price: '' }
    return { ...line, ...item, price: { id: price, object: 'price', product: 'prod_x' } }
  })
  return {
    ...object,
    subscription: details.subscription,
    paid: object.status === 'paid',
    lines: { ...lines, data },
  }
}
