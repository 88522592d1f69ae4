import type { World } from '../events/world.ts'
import { newId, randomToken } from '../identifiers.ts'
import type { CustomerRecord } from '../objects/customer.ts'

export type NewCustomer = Partial<
  Pick<
    CustomerRecord,
    | 'address'
    | 'balance'
    | 'default_payment_method'
    | 'description'
    | 'email'
    | 'metadata'
    | 'name'
    | 'phone'
    | 'preferred_locales'
    | 'shipping'
    | 'test_clock'
  >
>

/** A stored customer that nobody was told about yet. */
export const addCustomer = (world: World, given: NewCustomer): CustomerRecord =>
  world.put<CustomerRecord>({
    object: 'customer',
    id: newId('cus'),
    created: world.now,
    address: null,
    balance: 0,
    currency: null,
    default_payment_method: null,
    deleted: false,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: randomToken(8).toUpperCase(),
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    test_clock: null,
    ...given,
  })

/** A customer with its `customer.created`. */
export const createCustomer = (world: World, given: NewCustomer): CustomerRecord => {
  const customer = addCustomer(world, given)
  world.emit('customer.created', customer)
  return customer
}
