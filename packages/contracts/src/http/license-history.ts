import { type Static, Type } from 'typebox'
import { LICENSE_EVENT_TYPES, LicenseSummary } from '../events/license-events.ts'
import { oneOf } from '../schema/one-of.ts'

const Instant = Type.String({ format: 'date-time' })

/** What a license was from one change to the next. */
export const LicenseVersionView = Type.Object({
  version: Type.Integer(),
  since: Instant,
  type: oneOf(LICENSE_EVENT_TYPES),
  /** Ids of the records that caused it. */
  cause: Type.Array(Type.String()),
  state: LicenseSummary,
})

export const LicenseHistoryResponse = Type.Object({ versions: Type.Array(LicenseVersionView) })
export type LicenseHistoryResponse = Static<typeof LicenseHistoryResponse>

export const LicenseExplanation = Type.Object({
  at: Instant,
  license: LicenseVersionView,
  /** What billing, dunning and operators each say by themselves. */
  axes: Type.Object({
    billing: Type.String(),
    billingReason: Type.Union([Type.String(), Type.Null()]),
    overlay: Type.String(),
    override: Type.String(),
  }),
  /** Versions of the catalog that gave the price its meaning, and that said what the tier grants. */
  catalog: Type.Object({ price_version: Type.Integer(), tier_version: Type.Integer() }),
  price: Type.String(),
  facts: Type.Array(
    Type.Object({
      event_id: Type.String(),
      type: Type.String(),
      /** `<topic>/<partition>/<offset>` */
      origin: Type.String(),
      /** The Stripe-Signature header; null for what Stripe did not sign. */
      signature: Type.Union([Type.String(), Type.Null()]),
      /** Who vouches for the record: Stripe's signature over its bytes, an answer of Stripe's API, or Keyflow. */
      proof: oneOf(['signed_webhook', 'stripe_api', 'keyflow']),
      folded_at: Instant,
      says: Type.Array(
        Type.Object({ kind: Type.String(), state: Type.Record(Type.String(), Type.Unknown()) }),
      ),
    }),
  ),
})
export type LicenseExplanation = Static<typeof LicenseExplanation>
