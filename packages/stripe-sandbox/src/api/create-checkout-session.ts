import type { Params } from '../http/params.ts'
import type { Call } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { CheckoutLineItem, CheckoutSessionRecord } from '../objects/checkout-session.ts'
import { priceIn } from './prices-in-params.ts'

const DAY = 86_400

const readLineItems = ({ params, world }: Call): readonly CheckoutLineItem[] =>
  params.each('line_items').map((item) => {
    const price = priceIn(world, item)
    return {
      id: newId('li'),
      description: price.product_name,
      price,
      quantity: item.integer('quantity') ?? 1,
    }
  })

const checkMode = (mode: CheckoutSessionRecord['mode'], items: readonly CheckoutLineItem[]): void => {
  const recurring = items.some(({ price }) => price.recurring !== null)
  if (items.length === 0)
    throw invalidRequest('Missing required param: line_items.', 'line_items', 'parameter_missing')
  if (mode === 'payment' && recurring)
    throw invalidRequest(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      'mode',
    )
  if (mode === 'subscription' && !recurring)
    throw invalidRequest(
      'You must provide at least one recurring price in `subscription` mode when using prices.',
      'line_items',
    )
}

const creationOf = (
  params: Params,
  mode: CheckoutSessionRecord['mode'],
): CheckoutSessionRecord['customer_creation'] => {
  if (params.text('customer') !== undefined) return null
  const asked = params.word('customer_creation', ['always', 'if_required'])
  if (asked !== undefined) return asked
  return mode === 'payment' ? 'if_required' : 'always'
}

/** An open session. What will be bought is fixed here: prices that change later do not change it. */
export const createCheckoutSession = (call: Call): CheckoutSessionRecord => {
  const { params, world } = call
  const mode = params.word('mode', ['payment', 'subscription'])
  if (mode === undefined) throw invalidRequest('Missing required param: mode.', 'mode', 'parameter_missing')
  const customer = params.text('customer') ?? null
  if (customer !== null) world.need('customer', customer, 'customer')
  const items = readLineItems(call)
  checkMode(mode, items)
  const subscription = params.nested('subscription_data')
  const id = newId('cs_test')
  return world.put<CheckoutSessionRecord>({
    object: 'checkout.session',
    id,
    created: world.now,
    amount_total: items.reduce((sum, { price, quantity }) => sum + price.unit_amount * quantity, 0),
    cancel_url: params.text('cancel_url') ?? null,
    client_reference_id: params.text('client_reference_id') ?? null,
    currency: items[0]?.price.currency ?? 'usd',
    customer,
    customer_creation: creationOf(params, mode),
    customer_details: null,
    customer_email: params.text('customer_email') ?? null,
    expires_at: params.integer('expires_at') ?? world.now + DAY,
    invoice: null,
    invoice_creation: params.nested('invoice_creation')?.flag('enabled') ?? false,
    line_items: items,
    locale: params.text('locale') ?? null,
    metadata: params.map('metadata') ?? {},
    mode,
    payment_intent: null,
    payment_intent_metadata: params.nested('payment_intent_data')?.map('metadata') ?? {},
    payment_method_types: params.texts('payment_method_types') ?? ['card'],
    payment_status: 'unpaid',
    status: 'open',
    subscription: null,
    subscription_metadata: subscription?.map('metadata') ?? {},
    success_url: params.text('success_url') ?? null,
    trial_period_days: subscription?.integer('trial_period_days') ?? null,
    ui_mode: params.text('ui_mode') ?? 'hosted_page',
    url: `https://checkout.stripe.invalid/c/pay/${id}`,
  })
}
