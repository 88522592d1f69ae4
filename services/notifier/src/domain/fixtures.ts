import type { DunningNotice, NoticeTemplate } from '@keyflow/contracts'
import type { ContentOf, MailContent } from './mail-view.ts'
import type { MailTemplate } from './templates.ts'

const DAY = {
  today: '2026-11-24T08:00:00.000Z',
  next: '2026-11-27T08:00:00.000Z',
  downgrade: '2026-12-01T08:00:00.000Z',
  suspend: '2026-12-08T08:00:00.000Z',
  kept: '2027-02-24T08:00:00.000Z',
  year: '2027-11-24T08:00:00.000Z',
} as const

const LICENSE = {
  licenseId: '4f9c1b6e-0c1d-5a6b-8f4e-2d7a1c3b5e90',
  now: { standing: 'active', tier: 'pro', maxDomains: 10, cancelAt: null },
  reason: null,
  validThrough: DAY.year,
  trialEndsAt: null,
} as const

const ONE_DEBT = [{ invoice: 'in_1QXyzAbCdEfGhIj', currency: 'eur', amount: 4900 }]
const TWO_DEBTS = [...ONE_DEBT, { invoice: 'in_1QXyzKlMnOpQrSt', currency: 'usd', amount: 129_00 }]

const notice = (
  template: NoticeTemplate,
  of: Partial<Omit<DunningNotice, 'template'>> = {},
): ContentOf<NoticeTemplate> => ({
  template,
  debts: ONE_DEBT,
  announces: null,
  tier: 'free',
  paymentUrl: 'https://licenses.example.com/b/eyJjYXNlIjoiMSJ9.c2lnbmF0dXJl',
  nextAttemptAt: null,
  dataKeptUntil: null,
  ...of,
})

const downgrades = { level: 'downgraded', at: DAY.downgrade } as const
const suspends = { level: 'suspended', at: DAY.suspend } as const
const changed = (of: Partial<ContentOf<'license_changed'>>): ContentOf<'license_changed'> => ({
  ...LICENSE,
  template: 'license_changed',
  before: LICENSE.now,
  ...of,
})

const COUNTS = { accepted: 0, bounced: 2, complained: 1, failed: 0, unknown: 1, suppressed: 3, waiting: 0 }

export interface Fixture {
  readonly name: string
  readonly content: MailContent
}

/** Examples of every mail, in the ways in which it may come: for the preview, for test mails, and for checks of templates. */
export const FIXTURES: Readonly<Record<MailTemplate, readonly Fixture[]>> = {
  license_issued: [
    { name: 'plain', content: { ...LICENSE, template: 'license_issued' } },
    {
      name: 'paused',
      content: {
        ...LICENSE,
        template: 'license_issued',
        now: { ...LICENSE.now, standing: 'suspended' },
        reason: 'paused',
      },
    },
  ],
  license_changed: [
    {
      name: 'upgrade',
      content: changed({ now: { ...LICENSE.now, tier: 'business', maxDomains: 25 } }),
    },
    { name: 'limit', content: changed({ now: { ...LICENSE.now, maxDomains: 1 } }) },
    { name: 'ends', content: changed({ now: { ...LICENSE.now, cancelAt: DAY.year } }) },
    {
      name: 'goes_on',
      content: changed({ before: { ...LICENSE.now, cancelAt: DAY.year } }),
    },
    {
      name: 'suspended',
      content: changed({ now: { ...LICENSE.now, standing: 'suspended' }, reason: 'unpaid' }),
    },
    { name: 'active_again', content: changed({ before: { ...LICENSE.now, standing: 'suspended' } }) },
    {
      name: 'canceled',
      content: changed({ now: { ...LICENSE.now, standing: 'expired' }, reason: 'canceled' }),
    },
    {
      name: 'not_renewed',
      content: changed({ now: { ...LICENSE.now, standing: 'expired' }, reason: 'not_renewed' }),
    },
    { name: 'revoked', content: changed({ now: { ...LICENSE.now, standing: 'revoked' } }) },
    { name: 'pending', content: changed({ now: { ...LICENSE.now, standing: 'pending' } }) },
  ],
  license_renewed: [{ name: 'plain', content: { ...LICENSE, template: 'license_renewed' } }],
  license_resent: [{ name: 'plain', content: { ...LICENSE, template: 'license_resent', sentAt: DAY.today } }],
  key_rotated: [
    {
      name: 'overlap',
      content: {
        ...LICENSE,
        template: 'key_rotated',
        rotatedAt: DAY.today,
        oldKeyUntil: DAY.downgrade,
      },
    },
    {
      name: 'at_once',
      content: { ...LICENSE, template: 'key_rotated', rotatedAt: DAY.today, oldKeyUntil: null },
    },
  ],
  trial_ending: [
    {
      name: 'price',
      content: {
        template: 'trial_ending',
        tier: 'pro',
        endsAt: DAY.next,
        price: { currency: 'eur', amount: 4900 },
      },
    },
    {
      name: 'no_price',
      content: { template: 'trial_ending', tier: null, endsAt: DAY.next, price: null },
    },
  ],
  renewal_upcoming: [
    {
      name: 'plain',
      content: {
        template: 'renewal_upcoming',
        renewsAt: DAY.downgrade,
        price: { currency: 'jpy', amount: 58_000 },
      },
    },
  ],
  card_expiring: [
    { name: 'plain', content: { template: 'card_expiring', last4: '4242', year: 2026, month: 12 } },
  ],
  payment_failed: [
    {
      name: 'with_link',
      content: notice('payment_failed', { announces: downgrades, nextAttemptAt: DAY.next }),
    },
    { name: 'no_dates', content: notice('payment_failed', { paymentUrl: null }) },
  ],
  payment_action_required: [
    { name: 'plain', content: notice('payment_action_required', { announces: downgrades }) },
  ],
  payment_method_missing: [
    { name: 'plain', content: notice('payment_method_missing', { announces: downgrades }) },
  ],
  payment_reminder: [
    { name: 'one', content: notice('payment_reminder', { announces: downgrades }) },
    {
      name: 'several',
      content: notice('payment_reminder', { debts: TWO_DEBTS, announces: suspends }),
    },
  ],
  license_downgraded: [{ name: 'plain', content: notice('license_downgraded', { announces: suspends }) }],
  suspension_notice: [{ name: 'plain', content: notice('suspension_notice', { announces: suspends }) }],
  license_suspended: [{ name: 'plain', content: notice('license_suspended', { dataKeptUntil: DAY.kept }) }],
  payment_recovered: [{ name: 'plain', content: notice('payment_recovered', { debts: [] }) }],
  card_updated_pending: [{ name: 'plain', content: notice('card_updated_pending') }],
  subscription_canceled: [
    { name: 'unpaid', content: notice('subscription_canceled', { dataKeptUntil: DAY.kept }) },
    { name: 'asked', content: notice('subscription_canceled', { debts: [], paymentUrl: null }) },
  ],
  data_deletion_notice: [
    { name: 'plain', content: notice('data_deletion_notice', { dataKeptUntil: DAY.kept }) },
  ],
  refund_issued: [
    {
      name: 'plain',
      content: { template: 'refund_issued', money: { currency: 'eur', amount: 4900 } },
    },
  ],
  dispute_opened: [
    {
      name: 'plain',
      content: { template: 'dispute_opened', money: { currency: 'usd', amount: 12_900 } },
    },
  ],
  ops_alert: [{ name: 'plain', content: { template: 'ops_alert', since: DAY.today, counts: COUNTS } }],
  ops_digest: [
    {
      name: 'plain',
      content: {
        template: 'ops_digest',
        since: DAY.today,
        counts: { ...COUNTS, accepted: 1284, waiting: 4 },
      },
    },
  ],
}

/** Names that mails have to survive. */
export const FIXTURE_KEY = 'KF-7Q2M-XK4R-9TBW-C3HD-PZ'
