import type { ApiKeyResponse } from '@keyflow/contracts'
import type { Session } from '../../session/session.ts'

export const API_KEYS = '/api/v1/api-keys'

/** For people: what each may do, and whether it still may. */
export const tableKeys = (session: Session, keys: readonly ApiKeyResponse[]): void =>
  session.table(
    ['ID', 'NAME', 'STATE', 'MODE', 'KEY', 'LAST USED', 'SCOPES'],
    keys.map((key) => [
      key.id,
      key.name,
      stateOf(key),
      key.mode,
      key.hint,
      key.last_used_at ?? 'never',
      key.scopes.join(' '),
    ]),
  )

const stateOf = ({ revoked_at: revoked, expires_at: expires }: ApiKeyResponse): string => {
  if (revoked !== null) return `revoked ${revoked}`
  return expires === null ? 'in use' : `until ${expires}`
}
