import { createProduct } from '../billing/catalog.ts'
import { paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { ProductRecord } from '../objects/catalog.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import { renderDeleted } from '../render/deleted.ts'

const create = ({ params, world }: Call): ProductRecord => {
  const id = params.text('id')
  if (id !== undefined && world.get('product', id) !== undefined)
    throw invalidRequest(`Product already exists: ${id}`, 'id', 'resource_already_exists')
  return createProduct(world, {
    active: params.flag('active') ?? true,
    description: params.text('description') ?? null,
    metadata: params.map('metadata') ?? {},
    name: params.requiredText('name'),
    ...(id === undefined ? {} : { id }),
  })
}

const productOf = ({ world, id }: Call): ProductRecord => world.need('product', id, 'id')

const update = (call: Call): ProductRecord => {
  const { params, world } = call
  const product = productOf(call)
  const description = params.nullableText('description')
  return world.change('product.updated', product, {
    active: params.flag('active') ?? product.active,
    description: description === undefined ? product.description : description,
    metadata: mergeMetadata(product.metadata, params.map('metadata')),
    name: params.text('name') ?? product.name,
    updated: world.now,
  })
}

const remove = (call: Call): string => {
  const { world, id } = call
  const product = productOf(call)
  if (world.all('price').some((price) => price.product === id))
    throw invalidRequest(
      'This product cannot be deleted because it has one or more user-created prices.',
      'id',
    )
  world.remove('product', id)
  world.emit('product.deleted', product)
  return id
}

export const productRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/products', handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: '/v1/products',
    handle: ({ world, params }) => {
      const active = params.flag('active')
      const products = world.all('product').filter((product) => (active ?? product.active) === product.active)
      return { page: paginate(products, params, '/v1/products') }
    },
  },
  { method: 'GET', path: '/v1/products/:id', handle: (call) => ({ record: productOf(call) }) },
  { method: 'POST', path: '/v1/products/:id', handle: (call) => ({ record: update(call) }) },
  {
    method: 'DELETE',
    path: '/v1/products/:id',
    handle: (call) => ({ json: renderDeleted('product', remove(call)) }),
  },
]
