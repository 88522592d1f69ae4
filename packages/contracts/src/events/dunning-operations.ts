import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'

const Instant = Type.String({ format: 'date-time' })
const Id = Type.String({ minLength: 1, maxLength: 200 })
const Invoices = Type.Array(Id, { minItems: 1, maxItems: 100 })

/** An ISO 8601 duration: days and weeks are calendar days in the zone of the case, hours are exact. */
export const DunningDelay = Type.String({
  pattern: '^P(?=.)(\\d+W)?(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+S)?)?$',
})

/** What an operator may decide about a case. Sticky: nothing that Stripe reports later undoes it. */
export const DunningAction = Type.Union([
  /** `freeze` moves the whole timeline, `mute` only holds reminders back. */
  Type.Object({ kind: Type.Literal('pause'), mode: oneOf(['freeze', 'mute'] as const), until: Instant }),
  Type.Object({ kind: Type.Literal('resume') }),
  /** No more mails and no restriction for these invoices. */
  Type.Object({ kind: Type.Literal('stop'), invoices: Invoices }),
  Type.Object({ kind: Type.Literal('write_off'), invoices: Invoices }),
  Type.Object({ kind: Type.Literal('extend'), by: DunningDelay }),
  Type.Object({ kind: Type.Literal('skip'), invoice: Id, step: Id }),
  Type.Object({ kind: Type.Literal('send_now'), invoice: Id, step: Id }),
  /** Takes an earlier decision back. */
  Type.Object({ kind: Type.Literal('withdraw'), decision: Id }),
])
export type DunningAction = Static<typeof DunningAction>

/** A record of `dunning.operations`: the decision is a fact in the log, folded like any other. */
export const DunningOperation = Type.Object({
  /** `op_…`; a repeated request with the same Idempotency-Key has the same one. */
  id: Id,
  /** By the clock of the case. */
  at: Instant,
  account: Id,
  livemode: Type.Boolean(),
  subscription: Id,
  action: DunningAction,
  actor: Type.String({ minLength: 1 }),
  reason: Type.String({ minLength: 1 }),
})
export type DunningOperation = Static<typeof DunningOperation>
