import type { ActivationStanding, JudgedLicense, Question } from '@keyflow/client/protocol'
import { normalizeDomain } from '@keyflow/contracts'
import { type Activations, limitOf, type Place, placesOf, standingOf } from './activations.ts'
import { DEFAULT_VALIDATION } from './catalog.ts'
import type { RetiredKey } from './keyring.ts'
import type { License } from './license.ts'

/** What of a license a verdict is made of: what validation reads from the database, and no more. */
export type ValidatedLicense = Pick<
  License,
  | 'id'
  | 'scope'
  | 'version'
  | 'billing'
  | 'reason'
  | 'validThrough'
  | 'trialEndsAt'
  | 'cancelAt'
  | 'graceEndsAt'
  | 'maintenanceEndsAt'
  | 'quantity'
  | 'upcoming'
  | 'terms'
  | 'axes'
  | 'clock'
  | 'billingNotice'
  | 'updatedAt'
  | 'metadata'
> & {
  /** Set when the key that was shown is an earlier one. */
  readonly shownKey?: RetiredKey
}

/**
 * A kept license in the terms of the verdict that server and clients share. `places`: null when nobody asked for them.
 * `heartbeatAt`: last sign of life of the place that asks, unix seconds of everybody's clock.
 */
export const toJudged = (
  license: ValidatedLicense,
  question: Question = {},
  places: Activations | null = null,
  heartbeatAt: number | null = null,
): JudgedLicense => {
  const { domain, machine } = askedPlaces(question)
  return {
    standing: license.billing,
    reason: license.reason,
    productId: license.terms.productId,
    livemode: license.scope.livemode,
    validThrough: license.validThrough,
    trialEndsAt: license.trialEndsAt,
    cancelAt: license.cancelAt,
    graceEndsAt: license.graceEndsAt ?? null,
    maintenanceEndsAt: license.maintenanceEndsAt ?? null,
    features: license.terms.features,
    binding: rulesOf(license).binding,
    rotated:
      license.shownKey === undefined
        ? null
        : {
            at: Math.floor(license.shownKey.rotatedAt / 1000),
            overlapEndsAt: Math.floor(license.shownKey.overlapEndsAt / 1000),
          },
    domain: places === null || domain === null ? null : standingIn(license, places, domain, heartbeatAt),
    machine: places === null || machine === null ? null : standingIn(license, places, machine, heartbeatAt),
  }
}

export const rulesOf = ({ terms }: Pick<License, 'terms'>) => terms.validation ?? DEFAULT_VALIDATION

/** The places that a question names, in the form in which they are stored; null = none, or none that can be one. */
export const askedPlaces = ({
  domain,
  fingerprint,
}: Question): { readonly domain: Place | null; readonly machine: Place | null } => {
  const host = domain === undefined ? null : normalizeDomain(domain)
  const machine = fingerprint?.trim() ?? ''
  return {
    domain: host === null ? null : { kind: 'domain', value: host },
    machine: machine === '' ? null : { kind: 'machine', value: machine },
  }
}

const standingIn = (
  license: ValidatedLicense,
  places: Activations,
  place: Place,
  heartbeatAt: number | null,
): ActivationStanding => {
  const standing = standingOf(places, place)
  const { mayExceed, heartbeatSeconds } = rulesOf(license)
  return {
    kind: place.kind === 'machine' && license.quantity > 1 ? 'seat' : place.kind,
    limit: limitOf(license, place.kind),
    used: placesOf(places, place.kind).length,
    rank: standing?.rank ?? null,
    mayExceed,
    heartbeat: heartbeatSeconds === null ? null : { everySeconds: heartbeatSeconds, lastAt: heartbeatAt },
  }
}
