import { canonical, type LicenseSummary } from '@keyflow/contracts'

/** How a license stands, as far as a mail tells it. Grace is dunning's to tell: the license works. */
export type Standing = 'pending' | 'active' | 'expired' | 'suspended' | 'revoked'

/** What a customer is told of a license. Two summaries with one statement need no mail between them. */
export interface Statement {
  readonly standing: Standing
  readonly tier: string
  readonly maxDomains: number
  /** ISO 8601; when a scheduled cancellation takes effect; null once the license has ended. */
  readonly cancelAt: string | null
}

/** Whoever canceled, or whose payments failed to the end, is told that the license has ended: revoked is a word for misuse. */
const ORDINARY_ENDS: ReadonlySet<string | null> = new Set(['canceled', 'payment_failed'])

const standingOf = ({ status, reason }: LicenseSummary): Standing => {
  if (status === 'grace') return 'active'
  return status === 'revoked' && ORDINARY_ENDS.has(reason) ? 'expired' : status
}

export const statementOf = (summary: LicenseSummary): Statement => {
  const standing = standingOf(summary)
  const hasEnded = standing === 'expired' || standing === 'revoked'
  return {
    standing,
    tier: summary.tier,
    maxDomains: summary.maxDomains,
    cancelAt: hasEnded ? null : summary.cancelAt,
  }
}

/** A license in arrears that still works, or that dunning has suspended. */
export const isDunnings = ({ status, reason }: LicenseSummary): boolean =>
  status === 'grace' || (status === 'suspended' && reason === 'payment_overdue')

export const saysTheSame = (a: Statement, b: Statement): boolean => canonical(a) === canonical(b)
