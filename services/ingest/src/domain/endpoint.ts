import { PLATFORM_ACCOUNT, type Scope } from '@keyflow/contracts'

export const MODES = ['any', 'live', 'test'] as const
export type Mode = (typeof MODES)[number]

/** A webhook endpoint as declared: what Stripe was told to send to it, and with which secrets it signs. */
export interface Endpoint {
  readonly name: string
  /** Current secret first, then those that are being rotated out. */
  readonly secrets: readonly string[]
  readonly mode: Mode
  /** `any`, `platform` (own account), `connect` (any connected account) or one `acct_…`. */
  readonly account: string
}

/** Whether an event of that scope belongs on this endpoint: a live endpoint of Connect is also sent test events. */
export const accepts = (endpoint: Pick<Endpoint, 'mode' | 'account'>, scope: Scope): boolean => {
  if (endpoint.mode !== 'any' && (endpoint.mode === 'live') !== scope.livemode) return false
  if (endpoint.account === 'any') return true
  if (endpoint.account === 'connect') return scope.account !== PLATFORM_ACCOUNT
  return endpoint.account === scope.account
}
