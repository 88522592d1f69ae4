import type { PriceRef } from '../facts/facts.ts'
import { asId, asText, fieldOf, idOf } from './json.ts'

/** A price, or the plan that it was called before prices existed; as an id or expanded. */
export const priceOf = (value: unknown): PriceRef | null => {
  const id = idOf(value)
  if (id === null) return null
  return {
    id,
    lookupKey: asText(fieldOf(value, 'lookup_key')),
    product: idOf(fieldOf(value, 'product')),
  }
}

/** The price of an invoice line since basil: `pricing.price_details.{price,product}`. */
export const priceOfPricing = (pricing: unknown): PriceRef | null => {
  const details = fieldOf(pricing, 'price_details')
  const price = priceOf(fieldOf(details, 'price'))
  return price && { ...price, product: price.product ?? asId(fieldOf(details, 'product')) }
}
