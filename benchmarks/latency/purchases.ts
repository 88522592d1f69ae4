import { createSandbox } from '@keyflow/stripe-sandbox'
import { openShop } from '../../test/e2e/shop.ts'

/** What a purchase makes Stripe send, as far as a license depends on it. */
const SENT = [
  'customer.created',
  'customer.subscription.created',
  'invoice.paid',
  'checkout.session.completed',
] as const
/** The license follows from this one. */
const DECISIVE: (typeof SENT)[number] = 'customer.subscription.created'

export interface Purchase {
  readonly email: string
  readonly subscription: string
  /** Id of the event from which the license follows. */
  readonly decisive: string
  /** As Stripe writes them: indented, 3.6 kB on average. */
  readonly bodies: readonly string[]
}

const BUYER = 'buyer@example.com'
const OWN_IDS = /\b((?:evt|cus|pm|ch|txn|pi|in|il|sub|si|cs_test)_[A-Za-z0-9]{12,})\b/g

/** Lets somebody buy in a sandbox once, and gives as many purchases like that one as one likes. */
export const recordPurchase = async (): Promise<(label: string) => Purchase> => {
  const sandbox = createSandbox({ port: 0 })
  const { url } = await sandbox.start()
  try {
    const shop = openShop(url, 'sk_test_benchmark0123')
    const { customer, subscription } = await shop.buy(BUYER, 'price_pro_monthly')
    const events = (await shop.eventsAbout(customer)).filter(({ type }) => SENT.some((sent) => sent === type))
    const decisive = events.find(({ type }) => type === DECISIVE)
    if (events.length !== SENT.length || decisive === undefined)
      throw new Error(`a purchase in the sandbox gave ${events.map(({ type }) => type).join(', ')}`)
    const bodies = events.map((event) => JSON.stringify(event, null, 2))
    return (label) => ({
      email: `${label}@example.com`,
      subscription: `${subscription}${label}`,
      decisive: `${decisive.id}${label}`,
      bodies: bodies.map((body) =>
        body.replace(OWN_IDS, `$1${label}`).replaceAll(BUYER, `${label}@example.com`),
      ),
    })
  } finally {
    await sandbox.stop()
  }
}
