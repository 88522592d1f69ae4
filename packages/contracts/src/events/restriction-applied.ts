import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'
import { RESTRICTION_LEVELS } from './dunning-events.ts'

/** A record of `license.acks`: licensing has folded this restriction of a case, or a later one. */
export const RestrictionApplied = Type.Object({
  /** `<case id>:<seq>:applied` */
  id: Type.String(),
  schemaVersion: Type.Literal(1),
  account: Type.String(),
  livemode: Type.Boolean(),
  caseId: Type.String(),
  subscription: Type.String(),
  /** Of the restriction that holds now: never lower than that of the record which is answered. */
  seq: Type.Integer({ minimum: 1 }),
  level: oneOf(RESTRICTION_LEVELS),
  at: Type.String({ format: 'date-time' }),
})
export type RestrictionApplied = Static<typeof RestrictionApplied>
