import { judge, type LeaseClaims, type Question, type Verdict } from '@keyflow/client/protocol'
import type { RateLimits } from '../adapters/rate-limits.ts'
import { type Activations, NO_ACTIVATIONS, type Place } from '../domain/activations.ts'
import { askedPlaces, rulesOf, toJudged, type ValidatedLicense } from '../domain/judged-license.ts'
import { type LeaseTerms, leaseClaims } from '../domain/lease-claims.ts'
import { inWallTime, timeOf } from '../domain/own-time.ts'
import { type CountUsage, nextMonth } from './count-usage.ts'

export interface ValidateDeps {
  readonly hashTyped: (typed: string) => string
  readonly findByKeyHash: (hash: string) => Promise<ValidatedLicense | null>
  readonly findPlaces: (licenseId: string) => Promise<Activations | null>
  /** Unix seconds; null = none yet. */
  readonly findHeartbeat: (licenseId: string, place: Place) => Promise<number | null>
  readonly limits: RateLimits
  readonly usage: CountUsage
  readonly signLease: (claims: LeaseClaims) => Promise<string>
  readonly leaseTerms: LeaseTerms
  readonly newId: () => string
  readonly onVerdict: (valid: boolean) => void
  readonly clock: () => Date
}

export interface Quota {
  readonly limit: number
  readonly used: number
  readonly resetsAt: Date
}

export type Validated =
  | {
      readonly kind: 'verdict'
      readonly verdict: Verdict
      readonly license: ValidatedLicense | null
      readonly quota: Quota | null
      /** Compact JWS; null unless asked for and valid. */
      readonly lease: string | null
      readonly now: Date
    }
  /** Not a verdict: the caller asks too often. */
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  /** Not a verdict either: the month's validations are used up. A refusal is told all the same. */
  | { readonly kind: 'quota_used_up'; readonly quota: Quota; readonly retryAfterSeconds: number }

/**
 * Answers "may this run?". Known and unknown keys take the same way, with one look-up each; what may slow it down (writes,
 * counters of other processes) is left to the background.
 */
export const createValidateLicense =
  (deps: ValidateDeps) =>
  async (
    typedKey: string,
    question: Question,
    asked: { readonly address: string; readonly nonce: string | null; readonly lease: boolean },
  ): Promise<Validated> => {
    const { address } = asked
    const hash = deps.hashTyped(typedKey)
    const { domain, machine } = askedPlaces(question)
    const wait = await deps.limits.wait(address, `${hash} ${machine?.value ?? domain?.value ?? ''}`)
    if (wait !== null) return { kind: 'limited', retryAfterSeconds: wait }
    const license = await deps.findByKeyHash(hash)
    const now = deps.clock()
    const at = Math.floor(now.getTime() / 1000)
    if (license === null) {
      await deps.limits.missed(address)
      deps.onVerdict(false)
      return { kind: 'verdict', verdict: judge(null, question, at), license, quota: null, lease: null, now }
    }
    const asksPlaces = domain !== null || machine !== null
    const places = asksPlaces ? ((await deps.findPlaces(license.id)) ?? NO_ACTIVATIONS) : null
    const place = machine ?? domain
    const mustLive = rulesOf(license).heartbeatSeconds !== null && place !== null
    const heartbeatAt = mustLive ? await deps.findHeartbeat(license.id, place) : null
    const ownTime = timeOf(license, at)
    // Signs of life come on everybody's clock: one that is as fresh on the license's own.
    const judged = toJudged(
      license,
      question,
      places,
      heartbeatAt === null ? null : heartbeatAt + ownTime - at,
    )
    const verdict = judge(judged, question, ownTime)
    // A lease is read where no clock but the wall's is known.
    const inWall = inWallTime(license, at)
    const quota = await quotaOf(deps.usage, license, now)
    if (verdict.valid && quota !== null && quota.used >= quota.limit)
      return {
        kind: 'quota_used_up',
        quota,
        retryAfterSeconds: Math.ceil((quota.resetsAt.getTime() - now.getTime()) / 1000),
      }
    deps.usage.count(license.id, now)
    deps.onVerdict(verdict.valid)
    return {
      kind: 'verdict',
      verdict,
      license,
      quota: quota === null ? null : { ...quota, used: quota.used + 1 },
      lease:
        verdict.valid && asked.lease
          ? await deps.signLease(
              leaseClaims(inWall, toJudged(inWall, question, places), question, deps.leaseTerms, {
                id: deps.newId(),
                nonce: asked.nonce,
                at,
              }),
            )
          : null,
      now,
    }
  }

export type ValidateLicense = ReturnType<typeof createValidateLicense>

const quotaOf = async (usage: CountUsage, license: ValidatedLicense, now: Date): Promise<Quota | null> => {
  const limit = rulesOf(license).validationsPerMonth
  return limit === null ? null : { limit, used: await usage.used(license.id, now), resetsAt: nextMonth(now) }
}
