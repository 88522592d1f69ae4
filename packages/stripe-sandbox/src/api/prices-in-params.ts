import { createPrice, createProduct } from '../billing/catalog.ts'
import type { World } from '../events/world.ts'
import type { Params } from '../http/params.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { PriceRecord, Recurring } from '../objects/catalog.ts'

const INTERVALS = ['day', 'week', 'month', 'year'] as const

/** null for a one-time price. Throws when the interval is missing or unknown. */
export const readRecurring = (params: Params | undefined): Recurring | null => {
  if (params === undefined) return null
  const interval = params.word('interval', INTERVALS)
  if (interval === undefined)
    throw invalidRequest('Missing required param: recurring[interval].', 'recurring[interval]')
  return {
    interval,
    interval_count: params.integer('interval_count') ?? 1,
    usage_type: params.word('usage_type', ['licensed', 'metered']) ?? 'licensed',
  }
}

/** A stored price named by `price`, or one made on the spot from `price_data`. */
export const priceIn = (world: World, params: Params): PriceRecord => {
  const data = params.nested('price_data')
  if (data === undefined) return world.need('price', params.requiredText('price'), 'price')
  const product = data.nested('product_data')
  return createPrice(world, {
    currency: data.requiredText('currency'),
    product:
      product === undefined
        ? world.need('product', data.requiredText('product'), 'product')
        : createProduct(world, {
            name: product.requiredText('name'),
            metadata: product.map('metadata') ?? {},
          }),
    recurring: readRecurring(data.nested('recurring')),
    unit_amount: data.integer('unit_amount') ?? 0,
  })
}
