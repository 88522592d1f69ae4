import type { BillingNotice, ValidateRequest, ValidateResponse } from '@keyflow/contracts'
import type { ValidatedLicense } from '../domain/judged-license.ts'
import { statusAt, summarize, toIso } from '../domain/license.ts'
import { timeOf } from '../domain/own-time.ts'
import type { Validated } from '../workers/validate-license.ts'
import { toDetails } from './license-view.ts'

type Judged = Extract<Validated, { readonly kind: 'verdict' }>

/** A verdict as it is answered: of the same shape for a license and for none. */
export const toValidateResponse = (
  request: ValidateRequest,
  { verdict, license, quota, lease, now }: Judged,
): ValidateResponse => {
  const at = Math.floor(now.getTime() / 1000)
  const { key: _key, nonce, lease: _lease, ...scope } = request
  return {
    valid: verdict.valid,
    code: verdict.code,
    detail: verdict.detail,
    locks: verdict.locks,
    reason: license === null ? null : summarize(license, timeOf(license, at)).reason,
    warnings: [...verdict.warnings],
    activation: verdict.activation,
    missing_entitlements: [...verdict.missing],
    grace_ends_at: toIso(license?.graceEndsAt ?? null),
    billing: license === null ? null : billingOf(license, at),
    rotated:
      license?.shownKey === undefined
        ? null
        : {
            rotated_at: new Date(license.shownKey.rotatedAt).toISOString(),
            overlap_ends_at: new Date(license.shownKey.overlapEndsAt).toISOString(),
          },
    maintenance_ends_at: toIso(license?.maintenanceEndsAt ?? null),
    license: license === null ? null : toDetails(license, at),
    license_version: license?.version ?? null,
    as_of: license === null ? null : toIso(license.updatedAt / 1000),
    quota:
      quota === null
        ? null
        : { limit: quota.limit, used: quota.used, resets_at: quota.resetsAt.toISOString() },
    lease,
    scope,
    nonce: nonce ?? null,
    ts: now.toISOString(),
  }
}

/** How the license stands with its payments: as dunning tells it; before that has spoken, as far as licensing knows. */
const billingOf = (license: ValidatedLicense, at: number): BillingNotice | null => {
  const { axes, graceEndsAt, billingNotice } = license
  if (billingNotice !== undefined) return billingNotice
  if (axes.billing !== 'grace') return null
  const suspended = statusAt(license, timeOf(license, at)) === 'suspended'
  const state = suspended ? 'suspended' : axes.overlay === 'downgraded' ? 'downgraded' : 'past_due'
  return { state, restrictAt: suspended ? null : toIso(graceEndsAt ?? null), updatePaymentUrl: null }
}
