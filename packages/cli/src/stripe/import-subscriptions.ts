import { randomUUID } from 'node:crypto'
import { PLATFORM_ACCOUNT, type Scope, scopedId, snapshotRecord } from '@keyflow/contracts'
import type { OutgoingRecord } from '@keyflow/runtime'
import type Stripe from 'stripe'

/** A subscription that is there already, and whom it belongs to. */
export interface Existing {
  readonly subscription: Stripe.Subscription
  readonly customer: Stripe.Customer | null
}

/** Every subscription of the account, canceled ones too, with all of its items. */
export async function* existingSubscriptions(client: Stripe): AsyncGenerator<Existing> {
  for await (const found of client.subscriptions.list({
    status: 'all',
    limit: 100,
    expand: ['data.customer'],
  })) {
    const { customer } = found
    const subscription = { ...found, customer: typeof customer === 'string' ? customer : customer.id }
    const items = found.items.has_more ? await allItems(client, found.id) : found.items
    yield {
      subscription: { ...subscription, items } as Stripe.Subscription,
      customer: typeof customer === 'string' || customer.deleted === true ? null : customer,
    }
  }
}

const allItems = async (client: Stripe, subscription: string) => ({
  object: 'list' as const,
  data: await client.subscriptionItems.list({ subscription, limit: 100 }).autoPagingToArray({ limit: 1000 }),
  has_more: false,
})

/**
 * The records that tell of it: answers of Stripe's API like any other, folded by whoever cares. The customer first, so that
 * an address is known when the key is issued. Importing twice says the same again.
 */
export const toRecords = (
  topic: string,
  livemode: boolean,
  { subscription, customer }: Existing,
  askedAt: number,
): readonly OutgoingRecord[] => {
  const scope: Scope = { account: PLATFORM_ACCOUNT, livemode }
  const customerId = typeof subscription.customer === 'string' ? subscription.customer : subscription.id
  const key = scopedId(scope, customerId)
  const record = (what: string, subject: string, object: unknown) =>
    snapshotRecord(topic, key, {
      id: `snap_${randomUUID()}`,
      scope,
      what,
      subject,
      body: JSON.stringify(object),
      askedAt,
    })
  return [
    ...(customer === null ? [] : [record('customer', customer.id, customer)]),
    record('subscription', subscription.id, subscription),
  ]
}
