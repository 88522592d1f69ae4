import type { ProrationBehavior } from '../billing/change-items.ts'
import { periodEnd } from '../billing/periods.ts'
import { type NewSubscriptionItem, newSubscriptionItem } from '../billing/start-subscription.ts'
import type { World } from '../events/world.ts'
import type { Params } from '../http/params.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { PriceRecord, Recurring } from '../objects/catalog.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import type { PauseCollection, SubscriptionItemRecord, SubscriptionRecord } from '../objects/subscription.ts'
import { priceIn } from './prices-in-params.ts'

type RecurringPrice = PriceRecord & { readonly recurring: Recurring }

const recurringPriceIn = (world: World, params: Params): RecurringPrice => {
  const price = priceIn(world, params)
  if (price.recurring === null)
    throw invalidRequest(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      'items',
    )
  return { ...price, recurring: price.recurring }
}

const quantityIn = (params: Params, otherwise: number): number => {
  const quantity = params.integer('quantity') ?? otherwise
  if (quantity < 0) throw invalidRequest('Invalid quantity: must be 0 or more.', 'quantity')
  return quantity
}

/** The `items` of a new subscription. */
export const newItemsIn = (world: World, params: Params): readonly NewSubscriptionItem[] =>
  params.each('items').map((item) => ({
    price: recurringPriceIn(world, item),
    quantity: quantityIn(item, 1),
    metadata: item.map('metadata') ?? {},
  }))

const changed = (world: World, item: SubscriptionItemRecord, params: Params): SubscriptionItemRecord => ({
  ...item,
  metadata: mergeMetadata(item.metadata, params.map('metadata')),
  price: params.has('price') || params.has('price_data') ? recurringPriceIn(world, params) : item.price,
  quantity: quantityIn(params, item.quantity),
})

const added = (world: World, subscription: SubscriptionRecord, params: Params): SubscriptionItemRecord => {
  const price = recurringPriceIn(world, params)
  const running = subscription.items[0]?.current_period_end
  const end = running ?? periodEnd(world.now, world.now, price.recurring)
  const item = { price, quantity: quantityIn(params, 1), metadata: params.map('metadata') ?? {} }
  return newSubscriptionItem(subscription.id, item, world.now, end)
}

/** The items as an update wants them: entries with an id change or delete, entries without one add. */
export const changedItemsIn = (
  world: World,
  subscription: SubscriptionRecord,
  params: Params,
): readonly SubscriptionItemRecord[] => {
  const items = new Map(subscription.items.map((item) => [item.id, item]))
  for (const entry of params.each('items')) {
    const id = entry.text('id')
    const known = id === undefined ? added(world, subscription, entry) : items.get(id)
    if (known === undefined)
      throw invalidRequest(`No such subscription item: '${id}'`, 'items', 'resource_missing')
    if (entry.flag('deleted') === true) items.delete(known.id)
    else items.set(known.id, id === undefined ? known : changed(world, known, entry))
  }
  return [...items.values()]
}

/** null unsets, undefined leaves as it is. */
export const pauseCollectionIn = (params: Params): PauseCollection | null | undefined => {
  if (!params.has('pause_collection')) return undefined
  const pause = params.nested('pause_collection')
  if (pause === undefined) return null
  const behavior = pause.word('behavior', ['keep_as_draft', 'mark_uncollectible', 'void'])
  if (behavior === undefined)
    throw invalidRequest('Missing required param: pause_collection[behavior].', 'pause_collection[behavior]')
  return { behavior, resumes_at: pause.integer('resumes_at') ?? null }
}

/** Stripe's default keeps prorations for the next invoice. */
export const prorationIn = (params: Params): ProrationBehavior =>
  params.word('proration_behavior', ['create_prorations', 'always_invoice', 'none']) ?? 'create_prorations'

/** `trial_end` or `trial_period_days` as Unix seconds; null for no trial. */
export const trialEndIn = (world: World, params: Params): number | null => {
  const days = params.integer('trial_period_days')
  if (days !== undefined && days > 0) return world.now + days * 86_400
  if (params.text('trial_end') === 'now') return null
  const end = params.integer('trial_end') ?? null
  if (end !== null && end <= world.now)
    throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', 'trial_end')
  return end
}

/** What a trial that ends without a card leads to; undefined when not said. */
export const missingPaymentMethodIn = (params: Params) =>
  params
    .nested('trial_settings')
    ?.nested('end_behavior')
    ?.word('missing_payment_method', ['create_invoice', 'pause', 'cancel'])
