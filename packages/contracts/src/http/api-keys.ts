import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'

/** What an API key may be allowed to do. A key has the scopes that it was made with, and no others ever. */
export const API_SCOPES = [
  'licenses:read',
  'licenses:write',
  /** See a license's key in answers: by checkout session. Whoever creates or rotates sees that key once anyway. */
  'licenses:reveal',
  'activations:write',
  'reviews:read',
  'reviews:write',
  'catalog:read',
  'catalog:write',
  'keys:manage',
  'signing-keys:manage',
] as const
export type ApiScope = (typeof API_SCOPES)[number]

/** Which licenses a key meets: those of live mode, of test mode, or both. */
export const API_KEY_MODES = ['live', 'test', 'all'] as const
export type ApiKeyMode = (typeof API_KEY_MODES)[number]

const Instant = Type.String({ format: 'date-time' })
const NullableInstant = Type.Union([Instant, Type.Null()])

/** `POST /api/v1/api-keys`. */
export const CreateApiKeyRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
    scopes: Type.Array(oneOf(API_SCOPES), { minItems: 1, maxItems: API_SCOPES.length, uniqueItems: true }),
    mode: oneOf(API_KEY_MODES),
    expires_at: Type.Optional(NullableInstant),
  },
  { additionalProperties: false },
)
export type CreateApiKeyRequest = Static<typeof CreateApiKeyRequest>

export const ApiKeyResponse = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(oneOf(API_SCOPES)),
  mode: oneOf(API_KEY_MODES),
  /** How the key begins and ends. */
  hint: Type.String(),
  created_at: Instant,
  /** Id of the key that made it. */
  created_by: Type.String(),
  expires_at: NullableInstant,
  /** To the minute. */
  last_used_at: NullableInstant,
  revoked_at: NullableInstant,
})
export type ApiKeyResponse = Static<typeof ApiKeyResponse>

/** `key` is shown in this answer, and never again. */
export const CreatedApiKeyResponse = Type.Object({ ...ApiKeyResponse.properties, key: Type.String() })
export type CreatedApiKeyResponse = Static<typeof CreatedApiKeyResponse>

export const ApiKeyListResponse = Type.Object({ api_keys: Type.Array(ApiKeyResponse) })
export type ApiKeyListResponse = Static<typeof ApiKeyListResponse>
