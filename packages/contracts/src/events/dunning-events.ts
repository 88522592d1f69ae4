import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'
import { BillingNotice, DunningNotice } from './dunning-notices.ts'

const Instant = Type.String({ format: 'date-time' })

export const DUNNING_EVENT_TYPES = [
  'dunning.case_opened',
  'dunning.case_updated',
  'dunning.case_closed',
  /** The level rose: the license shall be downgraded or suspended. */
  'dunning.restricted',
  /** The level fell while the case stays open: a part was paid. A case that closes says it with `case_closed`. */
  'dunning.restored',
  'dunning.notice_requested',
] as const
export type DunningEventType = (typeof DUNNING_EVENT_TYPES)[number]

export const RESTRICTION_LEVELS = ['none', 'downgraded', 'suspended'] as const

/** Outcomes of a closed case. `lost`: the timeline ended unpaid; the restriction stays, and a late payment still lifts it. */
export const DUNNING_OUTCOMES = ['recovered', 'canceled', 'written_off', 'stopped', 'lost'] as const
export type DunningOutcome = (typeof DUNNING_OUTCOMES)[number]
export const DunningOutcome = oneOf(DUNNING_OUTCOMES)

const Level = oneOf(['downgraded', 'suspended'] as const)
const Milliseconds = Type.Integer()

/** What dunning did for a case when it said this: what its own database is built from, should that be lost. */
export const DunningMemory = Type.Object({
  caseId: Type.String(),
  /** The policy that the episode began under. */
  policy: Type.Union([
    Type.Object({ invoice: Type.String(), id: Type.String(), hash: Type.String() }),
    Type.Null(),
  ]),
  /** Steps that were taken. Instants: unix milliseconds, by the clock of the case. */
  runs: Type.Array(
    Type.Object({
      key: Type.String(),
      invoice: Type.String(),
      step: Type.String(),
      at: Milliseconds,
      dueAt: Milliseconds,
      result: oneOf(['done', 'superseded'] as const),
      restrict: Type.Union([
        Type.Object({ level: Level, to: Type.Union([Type.String(), Type.Null()]) }),
        Type.Null(),
      ]),
      notice: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  /** The mail that was asked for, with the restrictions that it announced. */
  notice: Type.Union([
    Type.Object({
      id: Type.String(),
      invoice: Type.String(),
      steps: Type.Array(Type.String()),
      announces: Type.Array(Type.Object({ step: Type.String(), level: Level, at: Milliseconds })),
      requestedAt: Milliseconds,
    }),
    Type.Null(),
  ]),
})
export type DunningMemory = Static<typeof DunningMemory>

export const DunningEvent = Type.Object({
  /** `<case id>:<seq>`: deterministic, so a repeated publication is the same event. */
  id: Type.String(),
  type: oneOf(DUNNING_EVENT_TYPES),
  schemaVersion: Type.Literal(1),
  /** By the clock of the case: for customers on one of Stripe's test clocks, that clock's time. */
  at: Instant,
  account: Type.String(),
  livemode: Type.Boolean(),
  caseId: Type.String(),
  /** Fence: monotonic per case; a consumer applies only what is newer than what it has. */
  seq: Type.Integer({ minimum: 1 }),
  customer: Type.Union([Type.String(), Type.Null()]),
  subscription: Type.String(),
  /** First failure of the oldest outstanding invoice; null once nothing is owed. */
  anchorAt: Type.Union([Instant, Type.Null()]),
  /** Outstanding minor units per currency: never summed across currencies. */
  outstanding: Type.Record(Type.String(), Type.Integer()),
  invoices: Type.Array(Type.String()),
  /** What the case wants of the license, as of `seq`: the highest seq of a case holds. Absent = none. */
  restriction: Type.Optional(
    Type.Object({
      level: oneOf(RESTRICTION_LEVELS),
      /** Tier of a downgrade. */
      tier: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  /** Only on `notice_requested`. Its outcome comes back as a `MailEvent`. */
  notice: Type.Optional(DunningNotice),
  /** How it stands for the customer's own software; null once nothing is owed, absent when it says nothing new. */
  billing: Type.Optional(Type.Union([BillingNotice, Type.Null()])),
  outcome: Type.Union([DunningOutcome, Type.Null()]),
  cause: Type.Array(Type.String()),
  /** For dunning alone: nobody else has to know how it came to say this. */
  memory: Type.Optional(Type.Array(DunningMemory)),
})
export type DunningEvent = Static<typeof DunningEvent>
