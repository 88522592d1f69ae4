import type { JsonObject } from '../../json.ts'
import type { PriceRecord, ProductRecord } from '../../objects/catalog.ts'

export const renderProduct = (product: ProductRecord): JsonObject => ({
  id: product.id,
  object: 'product',
  active: product.active,
  attributes: [],
  created: product.created,
  default_price: product.default_price,
  description: product.description,
  images: [],
  livemode: false,
  marketing_features: [],
  metadata: product.metadata,
  name: product.name,
  package_dimensions: null,
  shippable: null,
  statement_descriptor: null,
  tax_code: null,
  type: 'service',
  unit_label: null,
  updated: product.updated,
  url: null,
})

export const renderPrice = (price: PriceRecord): JsonObject => ({
  id: price.id,
  object: 'price',
  active: price.active,
  billing_scheme: 'per_unit',
  created: price.created,
  currency: price.currency,
  custom_unit_amount: null,
  livemode: false,
  lookup_key: price.lookup_key,
  metadata: price.metadata,
  nickname: price.nickname,
  product: price.product,
  recurring:
    price.recurring === null
      ? null
      : {
          interval: price.recurring.interval,
          interval_count: price.recurring.interval_count,
          meter: null,
          trial_period_days: null,
          usage_type: price.recurring.usage_type,
        },
  tax_behavior: price.tax_behavior,
  tiers_mode: null,
  transform_quantity: null,
  type: price.recurring === null ? 'one_time' : 'recurring',
  unit_amount: price.unit_amount,
  unit_amount_decimal: String(price.unit_amount),
})

/** The older twin of a recurring price, still embedded beside it; null for a one-time price. */
export const renderPlan = (price: PriceRecord): JsonObject | null =>
  price.recurring === null
    ? null
    : {
        id: price.id,
        object: 'plan',
        active: price.active,
        amount: price.unit_amount,
        amount_decimal: String(price.unit_amount),
        billing_scheme: 'per_unit',
        created: price.created,
        currency: price.currency,
        interval: price.recurring.interval,
        interval_count: price.recurring.interval_count,
        livemode: false,
        metadata: price.metadata,
        meter: null,
        nickname: price.nickname,
        product: price.product,
        tiers_mode: null,
        transform_usage: null,
        trial_period_days: null,
        usage_type: price.recurring.usage_type,
      }
