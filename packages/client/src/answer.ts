import type { Billing } from './billing.ts'
import { DETAILS, type ValidationCode, type ValidationWarning } from './protocol/codes.ts'
import type { LeaseClaims } from './protocol/lease.ts'
import type { LeaseProblem } from './verify-lease.ts'

/** What only a client can find. Except LEASE_REVOKED, none says anything about the customer. */
export type ClientCode =
  | LeaseProblem
  /** No answer, and no lease to go by. */
  | 'UNREACHABLE'
  /** The clock shows an earlier time than it did: offline answers wait until it is right, or the server is there. */
  | 'CLOCK_ROLLED_BACK'
  /** A lease from before the newest that was seen. */
  | 'OLDER_LEASE'
  /** The seller's revocations name this license. */
  | 'LEASE_REVOKED'

export interface Answer {
  /** The software may run in full. */
  readonly valid: boolean
  readonly code: ValidationCode | ClientCode
  /**
   * The software may lock its user out. Never so because of a network, a server, a clock or a signature: what is neither
   * `valid` nor `locks` is not known, and the application should ask again, and meanwhile do what does no harm.
   */
  readonly locks: boolean
  /** One sentence for a person. */
  readonly detail: string
  readonly warnings: readonly ValidationWarning[]
  readonly missing: readonly string[]
  /** `server`: asked now. `memory`: asked a moment ago. `lease`: offline. `none`: nobody knows. */
  readonly source: 'server' | 'memory' | 'lease' | 'none'
  /** The lease that the answer rests on, or that came with it. */
  readonly lease: LeaseClaims | null
  /** How old the server's word is that this rests on. Seconds. */
  readonly ageSeconds: number | null
  /** For a notice inside the product; null while payments are in order, and offline. */
  readonly billing: Billing | null
}

const CLIENT_DETAILS: Readonly<Record<ClientCode, string>> = {
  MALFORMED_LEASE: 'The stored lease cannot be read.',
  UNSUPPORTED_ALGORITHM: 'The lease is signed in a way that is not accepted.',
  UNKNOWN_KID: 'The lease is signed with a key that is not known here yet.',
  KEY_REVOKED: 'The lease is signed with a key that must no longer be believed.',
  BAD_SIGNATURE: 'The signature of the lease does not hold.',
  ISSUER_MISMATCH: 'The lease was issued by somebody else.',
  NONCE_MISMATCH: 'The answer belongs to another question.',
  LEASE_NOT_YET_VALID: 'The lease begins later than the clock shows.',
  LEASE_EXPIRED: 'The license server was not reached for longer than the lease lasts.',
  UNREACHABLE: 'The license server cannot be reached.',
  CLOCK_ROLLED_BACK: 'The clock of this machine was set back.',
  OLDER_LEASE: 'The stored lease is older than one that was seen before.',
  LEASE_REVOKED: 'The license has been revoked.',
}

/** An answer that is not a verdict of the server or of a lease. */
export const unknown = (code: ClientCode, lease: LeaseClaims | null = null): Answer => ({
  valid: false,
  code,
  locks: code === 'LEASE_REVOKED',
  detail: CLIENT_DETAILS[code],
  warnings: [],
  missing: [],
  source: lease === null ? 'none' : 'lease',
  lease,
  ageSeconds: null,
  billing: null,
})

/** The server's refusal, remembered. */
export const remembered = (code: ValidationCode): Answer => ({
  ...unknown('UNREACHABLE'),
  code,
  locks: true,
  detail: DETAILS[code],
})
