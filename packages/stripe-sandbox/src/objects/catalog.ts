import type { Metadata } from './metadata.ts'

export interface ProductRecord {
  readonly object: 'product'
  readonly id: string
  readonly created: number
  readonly updated: number
  readonly active: boolean
  readonly default_price: string | null
  readonly description: string | null
  readonly metadata: Metadata
  readonly name: string
}

export type Interval = 'day' | 'week' | 'month' | 'year'

export type Recurring = {
  readonly interval: Interval
  readonly interval_count: number
  readonly usage_type: 'licensed' | 'metered'
}

export interface PriceRecord {
  readonly object: 'price'
  readonly id: string
  readonly created: number
  readonly active: boolean
  readonly currency: string
  readonly lookup_key: string | null
  readonly metadata: Metadata
  readonly nickname: string | null
  readonly product: string
  /** Named here too, because a checkout shows the name as it was when the price was used. */
  readonly product_name: string
  readonly recurring: Recurring | null
  readonly tax_behavior: string
  /** Minor units. */
  readonly unit_amount: number
}
