import { createPrice, createProduct } from '../billing/catalog.ts'
import { paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { PriceRecord, ProductRecord } from '../objects/catalog.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import { readRecurring } from './prices-in-params.ts'

const productFor = ({ params, world }: Call): ProductRecord => {
  const data = params.nested('product_data')
  return data === undefined
    ? world.need('product', params.requiredText('product'), 'product')
    : createProduct(world, { name: data.requiredText('name'), metadata: data.map('metadata') ?? {} })
}

const create = (call: Call): PriceRecord => {
  const { params, world } = call
  const unit_amount =
    params.integer('unit_amount') ?? Number(params.text('unit_amount_decimal') ?? Number.NaN)
  if (!Number.isFinite(unit_amount))
    throw invalidRequest('Missing required param: unit_amount.', 'unit_amount', 'parameter_missing')
  return createPrice(world, {
    active: params.flag('active') ?? true,
    currency: params.requiredText('currency'),
    lookup_key: params.text('lookup_key') ?? null,
    metadata: params.map('metadata') ?? {},
    nickname: params.text('nickname') ?? null,
    product: productFor(call),
    recurring: readRecurring(params.nested('recurring')),
    tax_behavior: params.text('tax_behavior') ?? 'unspecified',
    unit_amount,
  })
}

const priceOf = ({ world, id }: Call): PriceRecord => world.need('price', id, 'id')

/** What a price costs never changes: only how it is found and shown. */
const update = (call: Call): PriceRecord => {
  const { params, world } = call
  const price = priceOf(call)
  const nickname = params.nullableText('nickname')
  const lookup_key = params.nullableText('lookup_key')
  return world.change('price.updated', price, {
    active: params.flag('active') ?? price.active,
    lookup_key: lookup_key === undefined ? price.lookup_key : lookup_key,
    metadata: mergeMetadata(price.metadata, params.map('metadata')),
    nickname: nickname === undefined ? price.nickname : nickname,
  })
}

const listed = ({ params, world }: Call): readonly PriceRecord[] => {
  const active = params.flag('active')
  const product = params.text('product')
  const keys = params.texts('lookup_keys')
  return world
    .all('price')
    .filter(
      (price) =>
        (active ?? price.active) === price.active &&
        (product ?? price.product) === price.product &&
        (keys === undefined || (price.lookup_key !== null && keys.includes(price.lookup_key))),
    )
}

export const priceRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/prices', handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: '/v1/prices',
    handle: (call) => ({ page: paginate(listed(call), call.params, '/v1/prices') }),
  },
  { method: 'GET', path: '/v1/prices/:id', handle: (call) => ({ record: priceOf(call) }) },
  { method: 'POST', path: '/v1/prices/:id', handle: (call) => ({ record: update(call) }) },
]
