import type { ValidationCode } from '@keyflow/contracts'
import { type License, statusAt } from './license.ts'

export interface Question {
  readonly productId: string | undefined
}

/** The answer to "may this run?": clients branch on `valid` and show `code`. */
export interface Verdict {
  readonly valid: boolean
  readonly code: ValidationCode
  readonly detail: string
  readonly warnings: readonly string[]
}

const DETAILS: Readonly<Record<ValidationCode, string>> = {
  NOT_FOUND: 'No license has this key.',
  REVOKED: 'The license has been revoked.',
  SUSPENDED: 'The license is suspended.',
  PENDING_PAYMENT: 'The first payment has not settled yet.',
  PRODUCT_SCOPE_MISMATCH: 'The license is for another product.',
  EXPIRED: 'The license has expired.',
  GRACE: 'A payment failed; the license works while it is being settled.',
  VALID: 'The license is valid.',
}

const EXPIRES_SOON = 3 * 86_400

/** First rule that applies wins (licensing reference 2.3). `at`: unix seconds. */
export const judge = (license: License | null, question: Question, at: number): Verdict => {
  const code = codeOf(license, question, at)
  return {
    valid: code === 'VALID' || code === 'GRACE',
    code,
    detail: DETAILS[code],
    warnings: license === null || (code !== 'VALID' && code !== 'GRACE') ? [] : warningsOf(license, at),
  }
}

const codeOf = (license: License | null, question: Question, at: number): ValidationCode => {
  if (license === null) return 'NOT_FOUND'
  const status = statusAt(license, at)
  if (status === 'revoked') return 'REVOKED'
  if (status === 'suspended') return 'SUSPENDED'
  if (status === 'pending') return 'PENDING_PAYMENT'
  if (question.productId !== undefined && question.productId !== license.terms.productId)
    return 'PRODUCT_SCOPE_MISMATCH'
  if (status === 'expired') return 'EXPIRED'
  return status === 'grace' ? 'GRACE' : 'VALID'
}

const warningsOf = (license: License, at: number): readonly string[] => [
  ...(license.trialEndsAt === null ? [] : ['TRIAL']),
  ...(license.cancelAt === null ? [] : ['CANCEL_SCHEDULED']),
  ...(license.validThrough !== null && license.validThrough - at < EXPIRES_SOON ? ['EXPIRING'] : []),
]
