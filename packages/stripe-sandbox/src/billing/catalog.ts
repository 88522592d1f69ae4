import type { World } from '../events/world.ts'
import { newId } from '../identifiers.ts'
import type { PriceRecord, ProductRecord } from '../objects/catalog.ts'

/** A product with its `product.created`. */
export const createProduct = (
  world: World,
  given: Pick<ProductRecord, 'name'> &
    Partial<Pick<ProductRecord, 'id' | 'active' | 'description' | 'metadata'>>,
): ProductRecord => {
  const product = world.put<ProductRecord>({
    object: 'product',
    id: newId('prod'),
    created: world.now,
    updated: world.now,
    active: true,
    default_price: null,
    description: null,
    metadata: {},
    ...given,
  })
  world.emit('product.created', product)
  return product
}

export interface NewPrice
  extends Pick<PriceRecord, 'currency' | 'recurring' | 'unit_amount'>,
    Partial<Pick<PriceRecord, 'active' | 'lookup_key' | 'metadata' | 'nickname' | 'tax_behavior'>> {
  readonly product: ProductRecord
}

/** A price with its `price.created`; the currency is made lower-case. */
export const createPrice = (world: World, { product, ...given }: NewPrice): PriceRecord => {
  const price = world.put<PriceRecord>({
    object: 'price',
    id: newId('price'),
    created: world.now,
    active: true,
    lookup_key: null,
    metadata: {},
    nickname: null,
    tax_behavior: 'unspecified',
    ...given,
    currency: given.currency.toLowerCase(),
    product: product.id,
    product_name: product.name,
  })
  world.emit('price.created', price)
  return price
}
