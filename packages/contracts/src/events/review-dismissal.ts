import { type Static, Type } from 'typebox'

/** A record of `license.operations`: that a person closed a review. A fact like any other, so that a rebuild has it too. */
export const ReviewDismissal = Type.Object(
  {
    /** `op_…` */
    id: Type.String(),
    at: Type.String({ format: 'date-time' }),
    account: Type.String(),
    livemode: Type.Boolean(),
    reviewId: Type.String(),
    /** Stripe id that the review is about: it leads to the ledger. */
    ref: Type.String(),
    actor: Type.String({ minLength: 1 }),
    reason: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
)
export type ReviewDismissal = Static<typeof ReviewDismissal>
