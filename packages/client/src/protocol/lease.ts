import type { ActivationStanding, JudgedLicense, Question } from './judged-license.ts'
import { normalizeDomain } from './normalize-domain.ts'

/** `typ` of a lease: nothing else that Keyflow signs can be taken for one. */
export const LEASE_TYPE = 'lic+jwt'
/** The one algorithm; whatever else a header names is refused unread. */
export const SIGNATURE_ALGORITHM = 'EdDSA'

/** Where a lease works: it was asked for by this place, and works at no other. */
export interface LeasePlace {
  readonly kind: ActivationStanding['kind']
  /** Normalized domain, or the fingerprint. */
  readonly value: string
  readonly limit: number | null
  readonly used: number
  readonly rank: number
}

/** What a lease says. Unix seconds; null = none known. */
export interface LeaseClaims {
  readonly iss: string
  /** License. */
  readonly sub: string
  /** Product. */
  readonly aud: string
  readonly jti: string
  readonly iat: number
  readonly nbf: number
  /** End of the lease, which is not the end of the license. */
  readonly exp: number
  readonly livemode: boolean
  readonly standing: 'active' | 'grace'
  readonly tier: string
  readonly ent: readonly string[]
  readonly limits: { readonly domains: number }
  readonly domain: LeasePlace | null
  readonly machine: LeasePlace | null
  readonly lic_exp: number | null
  readonly grace_ends: number | null
  readonly trial_ends: number | null
  readonly cancel_at: number | null
  readonly maint_ends: number | null
  readonly may_exceed: boolean
  readonly rotated: { readonly at: number; readonly overlapEndsAt: number } | null
  /** Version of the license: of two leases, the one with the higher is newer. */
  readonly ver: number
  /** When the license last changed. */
  readonly as_of: number
  /** Of the request; an answer to another question does not have it. */
  readonly nonce: string | null
}

/** How long a lease goes on past what nobody knows the end of. */
const UNKNOWN_END_SECONDS = 3600

/**
 * When a lease ends that is issued at `at`: after its longest life, and never after what is paid for, the grace, or the
 * overlap of a key that was replaced. Seconds.
 */
export const leaseEnd = (license: JudgedLicense, longest: number, at: number): number => {
  const covered = license.validThrough ?? (license.standing === 'grace' ? license.graceEndsAt : null)
  // Grace goes on until somebody ends it: a policy's date that has passed does not take away what still works online.
  const bound = covered !== null && covered <= at ? at + UNKNOWN_END_SECONDS : covered
  return Math.min(
    at + longest,
    bound ?? Number.MAX_SAFE_INTEGER,
    license.rotated?.overlapEndsAt ?? Number.MAX_SAFE_INTEGER,
  )
}

/** A lease in the terms of the verdict. What it was not asked for by, it is not activated for. */
export const judgedFromLease = (claims: LeaseClaims, question: Question): JudgedLicense => ({
  standing: claims.standing,
  reason: null,
  productId: claims.aud,
  livemode: claims.livemode,
  validThrough: claims.lic_exp,
  trialEndsAt: claims.trial_ends,
  cancelAt: claims.cancel_at,
  graceEndsAt: claims.grace_ends,
  maintenanceEndsAt: claims.maint_ends,
  features: claims.ent,
  binding: bindingOf(claims),
  rotated: claims.rotated,
  domain:
    question.domain === undefined
      ? null
      : standingOf(claims, claims.domain, normalizeDomain(question.domain)),
  machine:
    question.fingerprint === undefined
      ? null
      : standingOf(claims, claims.machine, question.fingerprint.trim()),
})

/** A lease that was issued to a place must be told that it runs there. */
const bindingOf = ({ domain, machine }: LeaseClaims): JudgedLicense['binding'] => {
  if (machine !== null) return 'fingerprint'
  return domain === null ? 'none' : 'domain'
}

const ELSEWHERE = {
  kind: 'machine',
  limit: null,
  used: 1,
  rank: null,
  mayExceed: false,
  heartbeat: null,
} as const

const standingOf = (
  claims: LeaseClaims,
  place: LeasePlace | null,
  asked: string | null,
): ActivationStanding =>
  place === null || place.value !== asked
    ? ELSEWHERE
    : {
        kind: place.kind,
        limit: place.limit,
        used: place.used,
        rank: place.rank,
        mayExceed: claims.may_exceed,
        heartbeat: null,
      }
