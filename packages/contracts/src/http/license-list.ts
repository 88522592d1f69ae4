import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'
import { LICENSE_SOURCES, LicenseResponse } from './license-api.ts'

const Id = Type.String({ minLength: 1, maxLength: 255 })
const Instant = Type.String({ format: 'date-time' })

/** `GET /api/v1/licenses`: all that are given must hold. */
export const ListLicensesQuery = Type.Object(
  {
    status: Type.Optional(oneOf(['pending', 'active', 'grace', 'expired', 'suspended', 'revoked'])),
    tier: Type.Optional(Id),
    product_id: Type.Optional(Id),
    /** Stripe customer. */
    customer: Type.Optional(Id),
    /** Stripe subscription. */
    subscription: Type.Optional(Id),
    source: Type.Optional(oneOf(LICENSE_SOURCES)),
    /** Instants: from the first, before the second. */
    created_from: Type.Optional(Instant),
    created_before: Type.Optional(Instant),
    updated_from: Type.Optional(Instant),
    updated_before: Type.Optional(Instant),
    metadata: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{1,40}:',
        maxLength: 541,
        description: 'A note as `key:value`.',
      }),
    ),
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9][0-9]?|100)$', description: 'Of a page: 1 to 100, absent = 20.' }),
    ),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 300, description: '`next_cursor` of the page before.' }),
    ),
  },
  { additionalProperties: false },
)
export type ListLicensesQuery = Static<typeof ListLicensesQuery>

/** Newest first. `next_cursor` is null on the last page. */
export const LicenseListResponse = Type.Object({
  licenses: Type.Array(LicenseResponse),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})
export type LicenseListResponse = Static<typeof LicenseListResponse>

/** `GET /api/v1/licenses/by-session/:session`. */
export const SessionLicensesResponse = Type.Object({
  checkout_session: Type.String(),
  /** `pending` until the payment has become a license: ask again. */
  state: oneOf(['ready', 'pending']),
  licenses: Type.Array(
    Type.Object({
      ...LicenseResponse.properties,
      /** Only for an API key that may see keys. */
      key: Type.Optional(Type.String()),
    }),
  ),
})
export type SessionLicensesResponse = Static<typeof SessionLicensesResponse>
