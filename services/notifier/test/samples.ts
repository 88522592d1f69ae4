import type {
  ChargeState,
  CheckoutSessionState,
  CustomerState,
  DunningEvent,
  DunningNotice,
  Fact,
  InvoiceState,
  LicenseEvent,
  LicenseSummary,
  Scope,
} from '@keyflow/contracts'
import type { Letterhead } from '../src/domain/freeze-mail.ts'
import type { Brand, MailContent, MailContext, MailView } from '../src/domain/mail-view.ts'

/** Plain examples for tests: every field has a value, a test names those that it is about. */
export const SCOPE: Scope = { account: 'platform', livemode: false }

export const BRAND: Brand = {
  product: 'Traffic Router',
  licenseApiUrl: 'https://licenses.example.com',
  supportAddress: 'help@example.com',
  portalUrl: 'https://portal.example.com/',
  logoUrl: null,
  accent: '#4338ca',
  accentInk: '#ffffff',
}

export const LETTERHEAD: Letterhead = {
  brand: BRAND,
  senderDomain: 'example.com',
  locale: 'en',
  timeZone: 'UTC',
  operators: 'ops@example.com',
  unsubscribeUrl: (_address, category) => `https://licenses.example.com/u/${category}`,
}

/** A mail as it is rendered from an example. */
export const viewOf = (content: MailContent, of: Partial<MailContext> = {}): MailView => ({
  context: {
    brand: BRAND,
    customerName: 'Ada',
    locale: 'en',
    timeZone: 'UTC',
    unsubscribeUrl: null,
    isTest: false,
    ...of,
  },
  content,
})

export const summary = (of: Partial<LicenseSummary> = {}): LicenseSummary => ({
  status: 'active',
  reason: null,
  productId: 'router',
  tier: 'pro',
  maxDomains: 10,
  features: [],
  quantity: 1,
  validThrough: null,
  trialEndsAt: null,
  cancelAt: null,
  ...of,
})

export const LICENSE_ID = '4f9c1b6e-0c1d-5a6b-8f4e-2d7a1c3b5e90'

export const licenseEvent = (version: number, of: Partial<LicenseEvent> = {}): LicenseEvent => ({
  id: `${LICENSE_ID}:${version}`,
  type: version === 1 ? 'license.issued' : 'license.updated',
  schemaVersion: 1,
  at: '2026-11-24T08:00:00.000Z',
  ...SCOPE,
  licenseId: LICENSE_ID,
  licenseVersion: version,
  contactRefs: ['cus_1'],
  customer: 'cus_1',
  subscription: null,
  before: null,
  after: summary(),
  cause: [],
  keyVersion: 1,
  ...of,
})

export const NOTICE: DunningNotice = {
  key: 'platform:test:sub_1:in_1:remind',
  template: 'payment_reminder',
  debts: [{ invoice: 'in_1', currency: 'eur', amount: 4900 }],
  announces: { level: 'downgraded', at: '2026-12-01T08:00:00.000Z' },
  tier: 'free',
  paymentUrl: 'https://licenses.example.com/b/token',
  nextAttemptAt: null,
  dataKeptUntil: null,
  expiresAt: null,
}

/** One event of a case; by default it asks for a reminder. */
export const dunningEvent = (seq: number, of: Partial<DunningEvent> = {}): DunningEvent => ({
  id: `platform:test:sub_1:${seq}`,
  type: 'dunning.notice_requested',
  schemaVersion: 1,
  at: '2026-11-27T08:00:00.000Z',
  ...SCOPE,
  caseId: 'platform:test:sub_1',
  seq,
  customer: 'cus_1',
  subscription: 'sub_1',
  anchorAt: '2026-11-24T08:00:00.000Z',
  outstanding: { eur: 4900 },
  invoices: ['in_1'],
  notice: NOTICE,
  outcome: null,
  cause: [],
  ...of,
})

interface Seen {
  readonly at?: number
  readonly eventId?: string
}

const observed = ({ at = 1, eventId = `evt_${at}` }: Seen) => ({ scope: SCOPE, at, rank: 1, eventId })

export const customer = (state: Partial<CustomerState>, seen: Seen = {}): Fact => ({
  kind: 'customer',
  observed: observed(seen),
  state: {
    id: 'cus_1',
    email: 'customer@example.com',
    name: null,
    locales: [],
    country: null,
    deleted: false,
    testClock: null,
    ...state,
  },
})

export const session = (state: Partial<CheckoutSessionState>, seen: Seen = {}): Fact => ({
  kind: 'checkout_session',
  observed: observed(seen),
  state: {
    id: 'cs_1',
    mode: 'payment',
    status: 'complete',
    paymentStatus: 'paid',
    asyncOutcome: null,
    customer: null,
    email: 'session@example.com',
    name: null,
    locale: null,
    country: null,
    clientReferenceId: null,
    subscription: null,
    invoice: null,
    paymentIntent: 'pi_1',
    currency: 'eur',
    amountTotal: 100,
    createdAt: 1,
    ...state,
  },
})

export const invoice = (state: Partial<InvoiceState>, seen: Seen = {}): Fact => ({
  kind: 'invoice',
  observed: observed(seen),
  state: {
    id: 'in_1',
    customer: 'cus_1',
    subscription: 'sub_1',
    status: 'paid',
    billingReason: 'subscription_cycle',
    collectionMethod: 'charge_automatically',
    currency: 'eur',
    amountDue: 100,
    amountPaid: 100,
    amountRemaining: 0,
    attemptCount: 1,
    nextPaymentAttempt: null,
    dueDate: null,
    createdAt: 1,
    finalizedAt: 1,
    paidAt: 1,
    hostedInvoiceUrl: null,
    invoicePdf: null,
    number: null,
    email: 'invoice@example.com',
    name: null,
    lines: [],
    linesComplete: true,
    testClock: null,
    ...state,
  },
})

export const charge = (state: Partial<ChargeState>, seen: Seen = {}): Fact => ({
  kind: 'charge',
  observed: observed(seen),
  state: {
    id: 'ch_1',
    paymentIntent: 'pi_1',
    customer: null,
    amount: 100,
    amountRefunded: 0,
    refunded: false,
    currency: 'eur',
    email: 'charge@example.com',
    name: null,
    ...state,
  },
})
