import { type Answer, remembered, unknown } from './answer.ts'
import type { Keyring } from './keyring.ts'
import type { KnownState } from './known-state.ts'
import type { Question } from './protocol/judged-license.ts'
import { type VerifiedLease, verifyLease } from './verify-lease.ts'

/** Clocks that are set by the network jump back a little. Seconds. */
const TOLERATED_ROLLBACK = 300

/** What can be said without the server: by the last lease, or by the last refusal. `at`: unix seconds. */
export const answerOffline = async (
  state: KnownState,
  keyring: Keyring,
  question: Question,
  at: number,
  issuer: string | undefined,
): Promise<Answer> => {
  if (state.refusal !== null) return remembered(state.refusal)
  if (state.lease === null) return unknown('UNREACHABLE')
  if (at < state.lastGoodTime - TOLERATED_ROLLBACK) return unknown('CLOCK_ROLLED_BACK')
  const verified = await verifyLease(state.lease, await keyring.trusted(), question, { at, issuer })
  return answerByLease(verified, state, at)
}

const answerByLease = (verified: VerifiedLease, state: KnownState, at: number): Answer => {
  if (!verified.ok) return unknown(verified.problem, verified.claims)
  const { claims, verdict } = verified
  if (claims.iat < state.newestLeaseAt || claims.ver < state.newestVersion)
    return unknown('OLDER_LEASE', claims)
  if (claims.iat <= state.revokedAt) return unknown('LEASE_REVOKED', claims)
  const isRefreshDue = verdict.valid && at - claims.iat > (claims.exp - claims.iat) / 2
  return {
    ...verdict,
    warnings: isRefreshDue ? [...verdict.warnings, 'LEASE_REFRESH_DUE'] : verdict.warnings,
    source: 'lease',
    lease: claims,
    ageSeconds: Math.max(0, at - claims.iat),
    billing: null,
  }
}
