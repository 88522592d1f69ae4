import { cancelSubscription } from '../billing/cancel-subscription.ts'
import { addCustomer } from '../billing/customers.ts'
import { attachPaymentMethod, usePaymentMethod } from '../billing/payment-methods.ts'
import { paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { missingResource } from '../http/stripe-error.ts'
import { readAddress, readShipping } from '../objects/address.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import { renderDeleted } from '../render/deleted.ts'

const customerOf = ({ world, id }: Call): CustomerRecord => world.need('customer', id, 'id')

/** Attaches what `payment_method` names, and resolves the default, which may name the same shared test card. */
const withPaymentMethods = (call: Call, customer: CustomerRecord): string | null => {
  const { params, world } = call
  const given = params.text('payment_method')
  const attached =
    given === undefined
      ? undefined
      : attachPaymentMethod(world, usePaymentMethod(world, given, 'payment_method'), customer)
  const wanted = params.nested('invoice_settings')?.nullableText('default_payment_method')
  if (wanted === undefined) return customer.default_payment_method
  if (wanted === null) return null
  if (wanted === given && attached !== undefined) return attached.id
  const method = usePaymentMethod(world, wanted, 'invoice_settings[default_payment_method]')
  return attachPaymentMethod(world, method, customer).id
}

/** A customer is put on a clock when it is made, or never. */
const testClockIn = ({ params, world }: Call): string | null => {
  const id = params.text('test_clock')
  return id === undefined ? null : world.need('test_helpers.test_clock', id, 'test_clock').id
}

const create = (call: Call): CustomerRecord => {
  const { params, world } = call
  const address = params.nested('address')
  const shipping = params.nested('shipping')
  const customer = addCustomer(world, {
    address: address === undefined ? null : readAddress(address),
    balance: params.integer('balance') ?? 0,
    description: params.text('description') ?? null,
    email: params.text('email') ?? null,
    metadata: params.map('metadata') ?? {},
    name: params.text('name') ?? null,
    phone: params.text('phone') ?? null,
    preferred_locales: params.texts('preferred_locales') ?? [],
    shipping: shipping === undefined ? null : readShipping(shipping),
    test_clock: testClockIn(call),
  })
  const default_payment_method = withPaymentMethods(call, customer)
  const created = world.put<CustomerRecord>({ ...customer, default_payment_method })
  world.emit('customer.created', created)
  return created
}

const update = (call: Call): CustomerRecord => {
  const { params, world } = call
  const customer = customerOf(call)
  const text = <K extends 'description' | 'email' | 'name' | 'phone'>(name: K): CustomerRecord[K] => {
    const value = params.nullableText(name)
    return value === undefined ? customer[name] : value
  }
  const address = params.nested('address')
  const shipping = params.nested('shipping')
  return world.change('customer.updated', customer, {
    address: address === undefined ? customer.address : readAddress(address),
    balance: params.integer('balance') ?? customer.balance,
    default_payment_method: withPaymentMethods(call, customer),
    description: text('description'),
    email: text('email'),
    metadata: mergeMetadata(customer.metadata, params.map('metadata')),
    name: text('name'),
    phone: text('phone'),
    preferred_locales: params.texts('preferred_locales') ?? customer.preferred_locales,
    shipping: shipping === undefined ? customer.shipping : readShipping(shipping),
  })
}

/** Deleting a customer ends the subscriptions too. */
const remove = (call: Call): void => {
  const { world } = call
  const customer = customerOf(call)
  for (const subscription of world.all('subscription'))
    if (subscription.customer === customer.id && subscription.ended_at === null)
      cancelSubscription(world, subscription, { reason: 'cancellation_requested' })
  world.put<CustomerRecord>({ ...customer, deleted: true })
  world.emit('customer.deleted', customer)
}

export const customerRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/customers', handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: '/v1/customers',
    handle: ({ world, params }) => {
      const email = params.text('email')
      const customers = world
        .all('customer')
        .filter((customer) => !customer.deleted && (email ?? customer.email) === customer.email)
      return { page: paginate(customers, params, '/v1/customers') }
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    handle: ({ world, id }) => {
      const customer = world.get('customer', id)
      if (customer === undefined) throw missingResource('customer', id, 'id')
      return customer.deleted ? { json: renderDeleted('customer', id) } : { record: customer }
    },
  },
  { method: 'POST', path: '/v1/customers/:id', handle: (call) => ({ record: update(call) }) },
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    handle: (call) => {
      remove(call)
      return { json: renderDeleted('customer', call.id) }
    },
  },
]
