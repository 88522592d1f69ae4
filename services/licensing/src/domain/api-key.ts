import { API_KEY_MODES, type ApiKeyMode, type ApiScope } from '@keyflow/contracts'

/** What is known of an API key; the key itself is stored nowhere. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly mode: ApiKeyMode
  readonly hint: string
  readonly createdAt: Date
  readonly createdBy: string
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

/** Who asks: an API key, or the operator whose token the configuration holds. */
export type Principal = Pick<ApiKey, 'id' | 'scopes' | 'mode'>

export const isUsable = (key: ApiKey, now: Date): boolean =>
  key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now)

/** Live and test never meet: what is of the other mode is not there for the key. */
export const sees = ({ mode }: Principal, livemode: boolean): boolean =>
  mode === 'all' || (mode === 'live') === livemode

/** Nobody hands out more than they have. */
export const mayGrant = (principal: Principal, wanted: Pick<ApiKey, 'scopes' | 'mode'>): boolean =>
  wanted.scopes.every((scope) => principal.scopes.includes(scope)) &&
  (principal.mode === 'all' || principal.mode === wanted.mode)

/** Keys that the principal may look at and revoke. */
export const managedModes = ({ mode }: Principal): readonly ApiKeyMode[] =>
  mode === 'all' ? API_KEY_MODES : [mode]

/** The mode to search in; null = both. */
export const searchedMode = ({ mode }: Principal): boolean | null => (mode === 'all' ? null : mode === 'live')
