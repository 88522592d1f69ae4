import { checkActivations, type Finding } from './check-activations.ts'
import { DETAILS, locksFor, type ValidationCode, type ValidationWarning } from './codes.ts'
import type { JudgedLicense, Question } from './judged-license.ts'

/** The answer to "may this run?": branch on `valid`, show `code`. */
export interface Verdict {
  readonly valid: boolean
  readonly code: ValidationCode
  /** Whether the application may lock its user out for this. */
  readonly locks: boolean
  readonly detail: string
  readonly warnings: readonly ValidationWarning[]
  /** Entitlements that were asked for and are not there. */
  readonly missing: readonly string[]
  /** The place of the activation that asks, where a limit decided or warned. */
  readonly activation: Finding['activation']
}

const EXPIRES_SOON = 3 * 86_400

/**
 * The verdict on a license at an instant (unix seconds): the one place that knows the order of precedence, for the server
 * and for whoever verifies offline. `license` is null when no license has the key.
 */
export const judge = (license: JudgedLicense | null, question: Question, at: number): Verdict => {
  if (license === null) return refusal('NOT_FOUND')
  if (license.rotated !== null && license.rotated.overlapEndsAt <= at) return refusal('KEY_ROTATED')
  const barred = barredBy(license, question, at)
  if (barred !== null) return refusal(barred)
  const found = checkActivations(license, question, at)
  if (found.code !== null) return refusal(found.code, { activation: found.activation })
  const missing = (question.entitlements ?? []).filter((name) => !license.features.includes(name))
  if (missing.length > 0) return refusal('ENTITLEMENTS_MISSING', { missing })
  if (isTooNew(license, question)) return refusal('VERSION_NOT_ENTITLED')
  const code = validCode(license)
  return {
    valid: true,
    code,
    locks: false,
    detail: DETAILS[code],
    warnings: warningsOf(license, code, found.isOver, at),
    missing: [],
    activation: found.activation,
  }
}

const NOTHING = { missing: [], activation: null }

const refusal = (
  code: ValidationCode,
  more: Partial<Pick<Verdict, 'missing' | 'activation'>> = NOTHING,
): Verdict => ({
  valid: false,
  code,
  locks: locksFor(code, false),
  detail: DETAILS[code],
  warnings: [],
  ...NOTHING,
  ...more,
})

/** What stands in the way before anything is asked about activations. */
const barredBy = (license: JudgedLicense, question: Question, at: number): ValidationCode | null => {
  if (license.standing === 'revoked') return 'REVOKED'
  if (license.standing === 'suspended') return 'SUSPENDED'
  if (license.standing === 'pending') return 'PENDING_PAYMENT'
  if (question.productId !== undefined && question.productId !== license.productId)
    return 'PRODUCT_SCOPE_MISMATCH'
  if (question.livemode !== undefined && question.livemode !== license.livemode) return 'ENVIRONMENT_MISMATCH'
  return isOver(license, at) ? 'EXPIRED' : null
}

/** Computed from the instants when somebody asks: no job needs to have run. */
const isOver = (license: JudgedLicense, at: number): boolean =>
  license.standing === 'ended' || (license.validThrough !== null && license.validThrough < at)

const isTooNew = (license: JudgedLicense, question: Question): boolean =>
  license.maintenanceEndsAt !== null &&
  question.releasedAt !== undefined &&
  question.releasedAt > license.maintenanceEndsAt

/** An earlier key works until its overlap ends, as well as the license does: never better. */
const validCode = (license: JudgedLicense): 'KEY_ROTATED' | 'GRACE' | 'VALID' => {
  if (license.rotated !== null) return 'KEY_ROTATED'
  return license.standing === 'grace' ? 'GRACE' : 'VALID'
}

const warningsOf = (
  license: JudgedLicense,
  code: ValidationCode,
  isOverLimit: boolean,
  at: number,
): readonly ValidationWarning[] => {
  const warnings: ValidationWarning[] = []
  if (license.trialEndsAt !== null) warnings.push('TRIAL')
  if (license.cancelAt !== null) warnings.push('CANCEL_SCHEDULED')
  if (license.validThrough !== null && license.validThrough - at < EXPIRES_SOON) warnings.push('EXPIRING')
  if (license.standing === 'grace' && code !== 'GRACE') warnings.push('GRACE')
  if (isOverLimit) warnings.push('OVER_LIMIT')
  return warnings
}
