import { addInvoiceItem } from '../billing/invoice-items.ts'
import { paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { InvoiceItemRecord } from '../objects/invoice.ts'
import { priceIn } from './prices-in-params.ts'

/** A price may be named directly, inside `pricing`, or made on the spot. */
const pricedBy = ({ params, world }: Call) => {
  const pricing = params.nested('pricing')
  if (pricing !== undefined) return priceIn(world, pricing)
  return params.has('price') || params.has('price_data') ? priceIn(world, params) : null
}

const create = (call: Call): InvoiceItemRecord => {
  const { params, world } = call
  const customer = world.need('customer', params.requiredText('customer'), 'customer')
  const price = pricedBy(call)
  const quantity = params.integer('quantity') ?? 1
  const amount = params.integer('amount') ?? (price === null ? undefined : price.unit_amount * quantity)
  if (amount === undefined)
    throw invalidRequest('Missing required param: amount.', 'amount', 'parameter_missing')
  const subscription = params.text('subscription') ?? null
  if (subscription !== null) world.need('subscription', subscription, 'subscription')
  const invoice = params.text('invoice')
  return addInvoiceItem(
    world,
    {
      amount,
      currency: params.text('currency')?.toLowerCase() ?? price?.currency ?? 'usd',
      customer: customer.id,
      description: params.text('description') ?? price?.product_name ?? null,
      metadata: params.map('metadata') ?? {},
      price,
      quantity,
      subscription,
    },
    invoice === undefined ? undefined : world.need('invoice', invoice, 'invoice'),
  )
}

export const invoiceItemRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/invoiceitems', handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: '/v1/invoiceitems',
    handle: ({ world, params }) => {
      const customer = params.text('customer')
      const pending = params.flag('pending')
      const items = world
        .all('invoiceitem')
        .filter(
          (item) =>
            (customer ?? item.customer) === item.customer &&
            (pending === undefined || (item.invoice === null) === pending),
        )
      return { page: paginate(items, params, '/v1/invoiceitems') }
    },
  },
  {
    method: 'GET',
    path: '/v1/invoiceitems/:id',
    handle: ({ world, id }) => ({ record: world.need('invoiceitem', id, 'id') }),
  },
]
