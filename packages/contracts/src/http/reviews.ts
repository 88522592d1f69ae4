import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'
import { Actor, Reason } from './audit.ts'

export const REVIEW_STATES = ['open', 'resolved', 'dismissed'] as const

const Instant = Type.String({ format: 'date-time' })
const NullableString = Type.Union([Type.String(), Type.Null()])

export const DismissReviewRequest = Type.Object(
  { actor: Type.Optional(Actor), reason: Reason },
  { additionalProperties: false },
)
export type DismissReviewRequest = Static<typeof DismissReviewRequest>

export const MapPriceRequest = Type.Object(
  {
    actor: Type.Optional(Actor),
    reason: Reason,
    tier: Type.String({ minLength: 1, maxLength: 100 }),
    product_id: Type.String({ minLength: 1, maxLength: 128 }),
    /** Of a one-time purchase; null = for ever. */
    validity_days: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 36_500 }), Type.Null()])),
  },
  { additionalProperties: false },
)
export type MapPriceRequest = Static<typeof MapPriceRequest>

export const ReviewResponse = Type.Object({
  id: Type.String(),
  state: oneOf(REVIEW_STATES),
  reason: Type.String(),
  livemode: Type.Boolean(),
  account: Type.String(),
  customer: NullableString,
  /** Stripe ids to look at. */
  subjects: Type.Array(Type.String()),
  price: NullableString,
  /** Minor units that were paid without a license, per currency. */
  at_risk: Type.Record(Type.String(), Type.Integer()),
  opened_at: Instant,
  resolved_at: Type.Union([Instant, Type.Null()]),
  dismissal: Type.Union([Type.Object({ actor: Type.String(), reason: Type.String() }), Type.Null()]),
})
export type ReviewResponse = Static<typeof ReviewResponse>

export const ReviewListResponse = Type.Object({ reviews: Type.Array(ReviewResponse) })
export type ReviewListResponse = Static<typeof ReviewListResponse>
