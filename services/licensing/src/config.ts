import {
  choice,
  defineConfig,
  integer,
  keys256,
  secret,
  secrets,
  serviceFields,
  storeFields,
  text,
  url,
} from '@keyflow/runtime'

const assertStripeKey = (key: string): void => {
  if (!/^(sk|rk)_(live|test)_\w{8,}$/.test(key))
    throw new Error('must hold Stripe keys: sk_live_…, sk_test_…, rk_…')
}

/** The one declaration of this service's configuration. */
export const config = defineConfig('licensing', {
  ...serviceFields({ http: 8788 }),
  ...storeFields('keyflow_licensing'),
  issuerSecret: secret('ISSUER_SECRET', {
    doc: 'Every license key is derived from it; losing it loses the keys, changing it changes them. At least 32 characters.',
    minLength: 32,
  }),
  keyTransportSecrets: keys256('KEY_TRANSPORT_SECRET', {
    doc: 'Shared with the notifier alone: keys travel encrypted with the first of them. 32 bytes in base64.',
  }),
  catalogFile: text('CATALOG_FILE', {
    doc: 'YAML file: which price sells which tier, at the very first start. Later versions are applied (`keyflow catalog`). Empty = the shipped example.',
    default: '',
  }),
  stripeApiKeys: secrets('STRIPE_API_KEY', {
    doc: 'Restricted read-only key; comma-separated, one for each mode.',
    check: assertStripeKey,
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
  validationsPerLicense: integer('VALIDATIONS_PER_LICENSE', {
    doc: 'Validations in 10 seconds of one license at one place, for each process; more are answered with 429.',
    default: '30',
    min: 1,
  }),
  missesPerAddress: integer('MISSES_PER_ADDRESS', {
    doc: 'Unknown keys in 10 minutes from one address (of IPv6 a /64), for each process; more are answered with 429.',
    default: '100',
    min: 1,
  }),
  trustedProxies: text('TRUSTED_PROXIES', {
    doc: 'Addresses or networks (10.0.0.0/8), comma-separated, whose X-Forwarded-For is believed. Empty = nobody.',
    default: '',
  }),
  stripeAccounts: text('STRIPE_ACCOUNTS', {
    doc: 'Accounts that the reconciler compares: `platform` for the one that the keys belong to, acct_… for connected ones; comma-separated.',
    default: 'platform',
  }),
  reconcileMinutes: integer('RECONCILE_MINUTES', {
    doc: "How often Stripe's events are compared with the log; 0 = never.",
    default: '15',
    max: 1440,
  }),
  reconcileObjectsHours: integer('RECONCILE_OBJECTS_HOURS', {
    doc: "How often Stripe's subscriptions and purchases are compared with the licenses; 0 = never.",
    default: '24',
    max: 720,
  }),
  reconcileMinAgeSeconds: integer('RECONCILE_MIN_AGE_SECONDS', {
    doc: 'Events younger than this may still arrive by themselves, and are left alone.',
    default: '600',
  }),
  leaseIssuer: text('LEASE_ISSUER', {
    doc: 'Name in every lease (`iss`): clients may insist on it.',
    default: 'keyflow',
  }),
  leaseHours: integer('LEASE_HOURS', {
    doc: 'Longest life of a lease where the tier does not say: what an offline client may overrun a revocation by.',
    default: '72',
    min: 1,
    max: 2160,
  }),
  signingRootKey: text('SIGNING_ROOT_KEY', {
    doc: 'Public half of the offline root that endorses signing keys: Ed25519, base64url. Empty = no root.',
    default: '',
  }),
  slackSeconds: integer('LICENSE_SLACK_SECONDS', {
    doc: 'How long a license outlives its paid period, so that renewals do not blink.',
    default: '86400',
  }),
  pausedCollection: choice('POLICY_PAUSED_COLLECTION', ['suspend', 'keep'], {
    doc: 'What pause_collection does to the license.',
    default: 'suspend',
  }),
  openDispute: choice('POLICY_OPEN_DISPUTE', ['suspend', 'keep'], {
    doc: 'What a formal dispute does while it is open.',
    default: 'suspend',
  }),
  fraudWarning: choice('POLICY_FRAUD_WARNING', ['flag', 'suspend'], {
    doc: 'What an early fraud warning does to the license.',
    default: 'flag',
  }),
  ended: choice('POLICY_ENDED', ['expire', 'revoke', 'free_tier', 'perpetual'], {
    doc: 'What the end of a subscription leaves.',
    default: 'revoke',
  }),
  resubscribeDays: integer('POLICY_RESUBSCRIBE_DAYS', {
    doc: 'A new subscription to the product within this many days of the end continues license and key; 0 = never.',
    default: '30',
    max: 3650,
  }),
  graceDays: integer('POLICY_GRACE_DAYS', {
    doc: "Days of grace after a failed payment that validation announces and leases keep to; as dunning's policy has them.",
    default: '14',
    max: 365,
  }),
  freeTier: text('POLICY_FREE_TIER', { doc: 'Tier of POLICY_ENDED=free_tier.', default: 'free' }),
})
export type LicensingConfig = ReturnType<typeof config.load>
