import type { ActivationStanding, JudgedLicense, Question } from '../src/protocol/judged-license.ts'

/** Unix seconds. */
export const AT = 1_800_000_000
export const DAY = 86_400

/** Nothing is wrong with it. */
export const GOOD: JudgedLicense = {
  standing: 'active',
  reason: null,
  productId: 'app',
  livemode: true,
  validThrough: AT + 30 * DAY,
  trialEndsAt: null,
  cancelAt: null,
  graceEndsAt: null,
  maintenanceEndsAt: null,
  features: ['updates'],
  binding: 'none',
  rotated: null,
  domain: null,
  machine: null,
}
/** The first of three places. */
export const activated: ActivationStanding = {
  kind: 'domain',
  limit: 3,
  used: 1,
  rank: 1,
  mayExceed: false,
  heartbeat: null,
}
/** What brings each refusal about, by itself, in the order of precedence. */
export const CAUSES: readonly (readonly [
  code: string,
  license: Partial<JudgedLicense>,
  question?: Question,
])[] = [
  ['KEY_ROTATED', { rotated: { at: AT - DAY, overlapEndsAt: AT } }],
  ['REVOKED', { standing: 'revoked' }],
  ['SUSPENDED', { standing: 'suspended' }],
  ['PENDING_PAYMENT', { standing: 'pending' }],
  ['PRODUCT_SCOPE_MISMATCH', {}, { productId: 'other' }],
  ['ENVIRONMENT_MISMATCH', {}, { livemode: false }],
  ['EXPIRED', { validThrough: AT - 1 }],
  ['DOMAIN_SCOPE_REQUIRED', { binding: 'domain' }],
  ['DOMAIN_SCOPE_EMPTY', {}, { domain: '  ' }],
  ['FINGERPRINT_SCOPE_REQUIRED', { binding: 'fingerprint' }],
  ['FINGERPRINT_SCOPE_EMPTY', {}, { fingerprint: '' }],
  ['DOMAIN_SCOPE_MISMATCH', { domain: { ...activated, rank: null } }, { domain: 'a.example' }],
  ['FINGERPRINT_SCOPE_MISMATCH', { machine: { ...activated, rank: null } }, { fingerprint: 'm1' }],
  ['NO_ACTIVATION', { domain: { ...activated, rank: null, used: 0 } }, { domain: 'a.example' }],
  [
    'HEARTBEAT_NOT_STARTED',
    { machine: { ...activated, heartbeat: { everySeconds: 60, lastAt: null } } },
    { fingerprint: 'm1' },
  ],
  [
    'HEARTBEAT_DEAD',
    { machine: { ...activated, heartbeat: { everySeconds: 60, lastAt: AT - 61 } } },
    { fingerprint: 'm1' },
  ],
  ['TOO_MANY_DOMAINS', { domain: { ...activated, used: 4, rank: 4 } }, { domain: 'a.example' }],
  [
    'TOO_MANY_ACTIVATIONS',
    { machine: { ...activated, kind: 'machine', used: 4, rank: 4 } },
    { fingerprint: 'm1' },
  ],
  ['TOO_MANY_SEATS', { machine: { ...activated, kind: 'seat', used: 4, rank: 4 } }, { fingerprint: 'm1' }],
  ['ENTITLEMENTS_MISSING', {}, { entitlements: ['updates', 'sso'] }],
  ['VERSION_NOT_ENTITLED', { maintenanceEndsAt: AT - 1 }, { releasedAt: AT }],
]
