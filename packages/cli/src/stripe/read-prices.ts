import type Stripe from 'stripe'
import type { StripePrice } from './draft-catalog.ts'

/** Every price that can be bought, with its product, in the order of their making. */
export const readPrices = async (client: Stripe): Promise<readonly StripePrice[]> => {
  const prices: StripePrice[] = []
  for await (const price of client.prices.list({ active: true, limit: 100, expand: ['data.product'] })) {
    const { product } = price
    if (typeof product === 'string' || product.deleted === true) continue
    prices.push({
      id: price.id,
      nickname: price.nickname,
      lookupKey: price.lookup_key,
      costs: costsOf(price),
      metadata: price.metadata,
      product: { id: product.id, name: product.name, metadata: product.metadata },
    })
  }
  return prices.reverse()
}

const costsOf = ({ unit_amount, currency, recurring }: Stripe.Price): string => {
  const amount = unit_amount === null ? 'varies' : `${(unit_amount / 100).toFixed(2)} ${currency}`
  return recurring === null ? amount : `${amount} / ${recurring.interval}`
}
