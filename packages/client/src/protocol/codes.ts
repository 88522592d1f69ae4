/** What a license can be found to be, in order of precedence: the first that applies is the answer. */
export const VALIDATION_CODES = [
  'NOT_FOUND',
  'KEY_ROTATED',
  'REVOKED',
  'SUSPENDED',
  'PENDING_PAYMENT',
  'PRODUCT_SCOPE_MISMATCH',
  'ENVIRONMENT_MISMATCH',
  'EXPIRED',
  'DOMAIN_SCOPE_REQUIRED',
  'DOMAIN_SCOPE_EMPTY',
  'DOMAIN_SCOPE_MISMATCH',
  'FINGERPRINT_SCOPE_REQUIRED',
  'FINGERPRINT_SCOPE_EMPTY',
  'FINGERPRINT_SCOPE_MISMATCH',
  'NO_ACTIVATION',
  'HEARTBEAT_NOT_STARTED',
  'HEARTBEAT_DEAD',
  'TOO_MANY_DOMAINS',
  'TOO_MANY_ACTIVATIONS',
  'TOO_MANY_SEATS',
  'ENTITLEMENTS_MISSING',
  'VERSION_NOT_ENTITLED',
  'GRACE',
  'VALID',
] as const
export type ValidationCode = (typeof VALIDATION_CODES)[number]

/** What a valid license should be looked at for. */
export const VALIDATION_WARNINGS = [
  'TRIAL',
  'CANCEL_SCHEDULED',
  'EXPIRING',
  'GRACE',
  'KEY_ROTATED',
  'OVER_LIMIT',
  'LEASE_REFRESH_DUE',
] as const
export type ValidationWarning = (typeof VALIDATION_WARNINGS)[number]

/**
 * Codes that say something about the customer: only these may lock an application. The others ask for something that
 * the application can do (activate, name a domain), or leave a part of it out.
 */
const LOCKING: ReadonlySet<ValidationCode> = new Set([
  'NOT_FOUND',
  'KEY_ROTATED',
  'REVOKED',
  'SUSPENDED',
  'PENDING_PAYMENT',
  'PRODUCT_SCOPE_MISMATCH',
  'ENVIRONMENT_MISMATCH',
  'EXPIRED',
  'TOO_MANY_DOMAINS',
  'TOO_MANY_ACTIVATIONS',
  'TOO_MANY_SEATS',
])

/** Whether a refusal with this code may lock the application. What is valid never locks. */
export const locksFor = (code: ValidationCode, valid: boolean): boolean => !valid && LOCKING.has(code)

/** One sentence for a person. */
export const DETAILS: Readonly<Record<ValidationCode, string>> = {
  NOT_FOUND: 'No license has this key.',
  KEY_ROTATED: 'The key has been replaced by a new one.',
  REVOKED: 'The license has been revoked.',
  SUSPENDED: 'The license is suspended.',
  PENDING_PAYMENT: 'The first payment has not settled yet.',
  PRODUCT_SCOPE_MISMATCH: 'The license is for another product.',
  ENVIRONMENT_MISMATCH: 'A key of test mode does not work in live mode, nor the other way round.',
  EXPIRED: 'The license has expired.',
  DOMAIN_SCOPE_REQUIRED: 'The license is bound to domains: say which one asks.',
  DOMAIN_SCOPE_EMPTY: 'The domain that was given names no host.',
  DOMAIN_SCOPE_MISMATCH: 'The license is not activated for this domain.',
  FINGERPRINT_SCOPE_REQUIRED: 'The license is bound to machines: say which one asks.',
  FINGERPRINT_SCOPE_EMPTY: 'The fingerprint that was given is empty.',
  FINGERPRINT_SCOPE_MISMATCH: 'The license is not activated for this machine.',
  NO_ACTIVATION: 'The license has not been activated yet.',
  HEARTBEAT_NOT_STARTED: 'The activation has not sent a sign of life yet.',
  HEARTBEAT_DEAD: 'The activation has not sent a sign of life in time.',
  TOO_MANY_ACTIVATIONS:
    'More machines are activated than the license allows, and this one came after the limit.',
  TOO_MANY_DOMAINS: 'More domains are activated than the license allows, and this one came after the limit.',
  TOO_MANY_SEATS: 'More seats are taken than were bought, and this one came after the limit.',
  ENTITLEMENTS_MISSING: 'The license does not include everything that was asked for.',
  VERSION_NOT_ENTITLED: 'This release is newer than the maintenance that was paid for.',
  GRACE: 'A payment failed; the license works while it is being settled.',
  VALID: 'The license is valid.',
}
