import { type Static, Type } from 'typebox'
import type { Session } from '../../session/session.ts'

const Text = Type.Union([Type.String(), Type.Null()])

/** A line of the list of cases. */
export const CaseLine = Type.Object({
  id: Type.String(),
  subscription: Type.String(),
  customer: Text,
  status: Text,
  level: Type.String(),
  policy: Text,
  anchor_at: Text,
  next_action_at: Text,
  outstanding: Type.Record(Type.String(), Type.Integer()),
})
export type CaseLine = Static<typeof CaseLine>

export const Step = Type.Object({
  step: Type.String(),
  state: Type.String(),
  at: Text,
  why: Type.Array(Type.String()),
  email: Text,
  restrict: Text,
})
export type Step = Static<typeof Step>

export const WholeCase = Type.Object({
  ...CaseLine.properties,
  now: Type.String(),
  test_clock: Text,
  steps: Type.Array(Step),
  notices: Type.Array(
    Type.Object({ id: Type.String(), requested_at: Text, accepted_at: Text, refused_at: Text }),
  ),
  decisions: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Text,
      actor: Type.String(),
      reason: Type.String(),
      kind: Type.String(),
    }),
  ),
})
export type WholeCase = Static<typeof WholeCase>

export const casePath = (id: string, rest = ''): string => `/api/v1/cases/${encodeURIComponent(id)}${rest}`

/** `1900 eur, 500 usd`: minor units, never added up. */
export const owedText = (outstanding: Readonly<Record<string, number>>): string =>
  Object.entries(outstanding)
    .map(([currency, minor]) => `${minor} ${currency}`)
    .join(', ')

export const showSteps = (session: Session, steps: readonly Step[]): void =>
  session.table(
    ['STEP', 'STATE', 'WHEN', 'DOES', 'BECAUSE'],
    steps.map(({ step, state, at, email, restrict, why }) => [
      step,
      state,
      at ?? '-',
      [restrict, email].filter((one) => one !== null).join(', '),
      why.join(', '),
    ]),
  )
