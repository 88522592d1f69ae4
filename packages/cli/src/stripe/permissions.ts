import Stripe from 'stripe'

/** Something that Keyflow does with the key, tried without doing it. */
interface Need {
  readonly resource: string
  readonly access: 'read' | 'write'
  readonly what: string
  readonly attempt: (client: Stripe) => Promise<unknown>
}

/** No endpoint has this id: a key that may write is told so, one that may not is refused first. */
const NO_ENDPOINT = 'we_keyflowPermissionCheck'
const ONE = { limit: 1 } as const

const NEEDS: readonly Need[] = [
  read('webhook_endpoints', 'find the webhook endpoint and its drift', (c) => c.webhookEndpoints.list(ONE)),
  {
    resource: 'webhook_endpoints',
    access: 'write',
    what: 'create and mend the webhook endpoint',
    attempt: (c) => c.webhookEndpoints.update(NO_ENDPOINT, { description: 'permission check' }),
  },
  read('events', 'find events that were never delivered', (c) => c.events.list(ONE)),
  read('products', 'read what is sold', (c) => c.products.list(ONE)),
  read('prices', 'read what is sold', (c) => c.prices.list(ONE)),
  read('customers', 'read whom to write to', (c) => c.customers.list(ONE)),
  read('subscriptions', 'import, and settle what events leave open', (c) => c.subscriptions.list(ONE)),
  read('checkout_sessions', 'read the lines of one-time purchases', (c) => c.checkout.sessions.list(ONE)),
  read('invoices', 'read what was paid', (c) => c.invoices.list(ONE)),
  read('invoice_payments', 'find what a refund gives back', (c) => c.invoicePayments.list(ONE)),
  read('charges', 'read refunds and disputes', (c) => c.charges.list(ONE)),
]

function read(resource: string, what: string, attempt: Need['attempt']): Need {
  return { resource, access: 'read', what, attempt }
}

export interface Permission {
  readonly resource: string
  readonly access: 'read' | 'write'
  readonly what: string
  readonly granted: boolean
}

/** Tries everything that is needed and tells all that is missing at once. Throws when Stripe does not answer at all. */
export const checkPermissions = async (client: Stripe): Promise<readonly Permission[]> =>
  Promise.all(
    NEEDS.map(async ({ attempt, ...need }) => ({ ...need, granted: await isGranted(() => attempt(client)) })),
  )

const isGranted = async (attempt: () => Promise<unknown>): Promise<boolean> => {
  try {
    await attempt()
    return true
  } catch (error) {
    if (error instanceof Stripe.errors.StripePermissionError) return false
    // There is no such endpoint: the key would have been allowed to change it.
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return true
    throw error
  }
}
