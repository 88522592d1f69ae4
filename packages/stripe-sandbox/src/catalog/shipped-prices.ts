import type { Interval, PriceRecord, ProductRecord } from '../objects/catalog.ts'

const PLANS = [
  { tier: 'starter', name: 'Keyflow Starter', month: 900, year: 9_000 },
  { tier: 'pro', name: 'Keyflow Pro', month: 2_900, year: 29_000 },
  { tier: 'business', name: 'Keyflow Business', month: 9_900, year: 99_000 },
] as const

/** The products and prices of the shipped example catalog; `created` is Unix seconds. */
export const shippedCatalog = (created: number): readonly (ProductRecord | PriceRecord)[] =>
  PLANS.flatMap(({ tier, name, month, year }) => {
    const product: ProductRecord = {
      object: 'product',
      id: `prod_${tier}`,
      created,
      updated: created,
      active: true,
      default_price: `price_${tier}_monthly`,
      description: null,
      metadata: {},
      name,
    }
    const price = (suffix: string, interval: Interval, unit_amount: number): PriceRecord => ({
      object: 'price',
      id: `price_${tier}_${suffix}`,
      created,
      active: true,
      currency: 'usd',
      lookup_key: `${tier}_${suffix}`,
      metadata: {},
      nickname: null,
      product: product.id,
      product_name: name,
      recurring: { interval, interval_count: 1, usage_type: 'licensed' },
      tax_behavior: 'unspecified',
      unit_amount,
    })
    return [product, price('monthly', 'month', month), price('annual', 'year', year)]
  })
