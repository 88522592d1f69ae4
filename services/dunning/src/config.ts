import {
  defineConfig,
  integer,
  keyRing,
  secrets,
  serviceFields,
  storeFields,
  text,
  url,
} from '@keyflow/runtime'

const assertStripeKey = (key: string): void => {
  if (key !== 'none' && !/^(sk|rk)_(live|test)_\w{8,}$/.test(key))
    throw new Error('must hold Stripe keys: sk_live_…, sk_test_…, rk_…, or be none')
}

/** The one declaration of this service's configuration. */
export const config = defineConfig('dunning', {
  ...serviceFields({ http: 8789 }),
  ...storeFields('keyflow_dunning'),
  policyFile: text('DUNNING_POLICY_FILE', {
    doc: 'YAML file of policies (`keyflow dunning lint` checks it). Empty = the shipped days: 0, 3, 7, 14.',
    default: '',
  }),
  policyReloadMs: integer('DUNNING_POLICY_RELOAD_MS', {
    doc: 'How often DUNNING_POLICY_FILE is looked at; a changed one is in force one look later, for new cases.',
    default: '10000',
    min: 50,
  }),
  accountZone: text('DUNNING_ZONE', {
    doc: 'IANA time zone of days of grace, for customers of whom none is known.',
    default: 'UTC',
  }),
  stripeApiKeys: secrets('STRIPE_API_KEY', {
    doc: 'Restricted key that reads, and writes billing portal sessions for payment links; comma-separated, one for each mode. Asked before every restriction: with none, nobody is ever restricted.',
    check: assertStripeKey,
    default: 'none',
  }),
  stripeApiBase: url('STRIPE_API_BASE', {
    doc: "Stripe's API.",
    default: 'https://api.stripe.com',
    protocols: ['https', 'http'],
  }),
  stripeRequestsPerSecond: integer('STRIPE_REQUESTS_PER_SECOND', {
    doc: 'Ceiling of calls to Stripe.',
    default: '20',
    min: 1,
    max: 100,
  }),
  publicUrl: text('DUNNING_PUBLIC_URL', {
    doc: 'Address at which customers reach /b/… of this service, https://… without a slash at the end. Empty: mails hold no payment links.',
    default: '',
  }),
  linkKeys: keyRing('DUNNING_LINK_KEYS', {
    doc: 'Sign payment links: <id>:<32 bytes in base64>, comma-separated; the first signs, the others still answer for links in older mails. Empty: no links.',
    default: '',
  }),
  basketMs: integer('DUNNING_BASKET_MS', {
    doc: 'After a case has opened its mail waits this long, so that several subscriptions of a customer that fail together make one mail.',
    default: '60000',
    max: 3_600_000,
  }),
  pollMs: integer('DUNNING_POLL_MS', {
    doc: 'How often each replica looks for what is due.',
    default: '1000',
    min: 20,
  }),
  leaseMs: integer('DUNNING_LEASE_MS', {
    doc: 'After this another replica takes up what a dead one had in hand.',
    default: '60000',
    min: 500,
  }),
  stepBatch: integer('DUNNING_STEP_BATCH', {
    doc: 'Most customers in one transaction of the scheduler.',
    default: '100',
    min: 1,
    max: 1000,
  }),
})
export type DunningConfig = ReturnType<typeof config.load>
