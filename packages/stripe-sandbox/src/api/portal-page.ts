import { attachPaymentMethod, usePaymentMethod } from '../billing/payment-methods.ts'
import type { World } from '../events/world.ts'
import { cardChoice, escapeHtml, htmlPage } from '../http/html.ts'
import type { Call, PageAnswer, PageRoute } from '../http/route.ts'
import { StripeError } from '../http/stripe-error.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { PortalSessionRecord } from '../objects/portal-session.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import type { Store } from '../store/store.ts'

/** Seconds that a link into the portal is good for. */
const LIFETIME = 3600

const sessionIn = ({ world, id }: Call): PortalSessionRecord | undefined => {
  const session = world.get('billing_portal.session', id)
  return session === undefined || session.created + LIFETIME < world.wallNow ? undefined : session
}

const expired: PageAnswer = {
  status: 404,
  html: htmlPage('Expired', '<h1>This link into the billing portal has expired.</h1>'),
}

const page = (session: PortalSessionRecord, notice: string | undefined): PageAnswer => {
  const back =
    session.return_url === null ? '' : `<p><a href="${escapeHtml(session.return_url)}">Return</a></p>`
  return {
    status: 200,
    html: htmlPage(
      'Billing portal',
      `<h1>Update your payment method</h1><small>Stripe sandbox: no money moves</small>` +
        (notice === undefined ? '' : `<p class="notice" role="status">${escapeHtml(notice)}</p>`) +
        `<form method="post">${cardChoice()}<button>Save card</button></form>${back}`,
    ),
  }
}

/** The new card becomes the customer's default and that of every running subscription. Nothing is paid by that. */
const saveCard = (world: World, session: PortalSessionRecord, card: string): void => {
  const customer = world.need('customer', session.customer, 'customer')
  const method = attachPaymentMethod(world, usePaymentMethod(world, card, 'card'), customer)
  world.change<CustomerRecord>('customer.updated', customer, { default_payment_method: method.id })
  for (const subscription of world.all('subscription'))
    if (subscription.customer === customer.id && subscription.ended_at === null)
      world.change<SubscriptionRecord>('customer.subscription.updated', subscription, {
        default_payment_method: method.id,
      })
}

const customerOf = (store: Store, id: string): string | null =>
  store.get('billing_portal.session', id)?.customer ?? null

export const portalPages: readonly PageRoute[] = [
  {
    method: 'GET',
    path: '/p/session/:id',
    subject: customerOf,
    show: (call) => {
      const session = sessionIn(call)
      return session === undefined ? expired : page(session, undefined)
    },
  },
  {
    method: 'POST',
    path: '/p/session/:id',
    subject: customerOf,
    show: (call) => {
      const session = sessionIn(call)
      if (session === undefined) return expired
      try {
        saveCard(call.world, session, call.params.text('card') ?? 'pm_card_visa')
      } catch (error) {
        if (error instanceof StripeError) return page(session, error.fields.message)
        throw error
      }
      return session.return_url === null
        ? page(session, 'The card is saved.')
        : { redirect: session.return_url }
    },
  },
]
