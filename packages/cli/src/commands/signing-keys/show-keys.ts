import { SigningKeyListResponse } from '@keyflow/contracts'
import type { Session } from '../../session/session.ts'

export const KEYS = '/api/v1/signing-keys'
export const Keys = SigningKeyListResponse

export const showKeys = (session: Session, { signing_keys: keys }: SigningKeyListResponse): undefined => {
  session.json({ signing_keys: keys })
  session.table(
    ['STATE', 'THUMBPRINT', 'MADE', 'SIGNS SINCE', 'ENDED'],
    keys.map((key) => [
      key.status,
      key.kid,
      key.created_at,
      key.activated_at ?? '',
      key.revoked_at ?? key.retired_at ?? '',
    ]),
  )
  return undefined
}
