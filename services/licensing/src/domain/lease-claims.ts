import type { Question } from '@keyflow/client/protocol'
import { type JudgedLicense, type LeaseClaims, type LeasePlace, leaseEnd } from '@keyflow/client/protocol'
import { askedPlaces, rulesOf, type ValidatedLicense } from './judged-license.ts'
import { LONGEST_LEASE } from './keyset.ts'

export interface LeaseTerms {
  readonly issuer: string
  /** Longest life where the tier does not say. Seconds. */
  readonly leaseSeconds: number
}

/** What a lease for a license that was found valid says. `at`: unix seconds. */
export const leaseClaims = (
  license: ValidatedLicense,
  judged: JudgedLicense,
  question: Question,
  terms: LeaseTerms,
  issue: { readonly id: string; readonly nonce: string | null; readonly at: number },
): LeaseClaims => {
  const { domain, machine } = askedPlaces(question)
  const rules = rulesOf(license)
  const longest = Math.min(rules.leaseSeconds ?? terms.leaseSeconds, LONGEST_LEASE)
  return {
    iss: terms.issuer,
    sub: license.id,
    aud: license.terms.productId,
    jti: issue.id,
    iat: issue.at,
    nbf: issue.at,
    exp: leaseEnd(judged, longest, issue.at),
    livemode: license.scope.livemode,
    standing: judged.standing === 'grace' ? 'grace' : 'active',
    tier: license.terms.tier,
    ent: license.terms.features,
    limits: { domains: license.terms.maxDomains },
    domain: placeOf(domain?.value, judged.domain),
    machine: placeOf(machine?.value, judged.machine),
    lic_exp: judged.validThrough,
    grace_ends: judged.graceEndsAt,
    trial_ends: judged.trialEndsAt,
    cancel_at: judged.cancelAt,
    maint_ends: judged.maintenanceEndsAt,
    may_exceed: rules.mayExceed,
    rotated: judged.rotated,
    ver: license.version,
    as_of: Math.floor(license.updatedAt / 1000),
    nonce: issue.nonce,
  }
}

const placeOf = (value: string | undefined, standing: JudgedLicense['domain']): LeasePlace | null => {
  if (value === undefined || standing === null || standing.rank === null) return null
  const { kind, limit, used, rank } = standing
  return { kind, value, limit, used, rank }
}
