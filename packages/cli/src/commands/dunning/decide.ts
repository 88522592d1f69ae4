import { Type } from 'typebox'
import type { Session } from '../../session/session.ts'
import { casePath, Step, showSteps } from './case-shapes.ts'

const Decided = Type.Object({
  decision: Type.String(),
  accepted: Type.Optional(Type.Boolean()),
  after: Type.Optional(Type.Array(Step)),
})

/** Sends a decision about a case and shows the timeline that follows from it. */
export const decide = async (
  session: Session,
  id: string,
  verb: string,
  body: Readonly<Record<string, unknown>>,
): Promise<undefined> => {
  const path = casePath(id, `/${verb}`)
  const decided = await session.api('dunning').send('POST', path, { actor: session.actor, ...body }, Decided)
  session.json(decided)
  session.say(
    `Decided: ${decided.decision}. To take it back: keyflow dunning withdraw ${id} ${decided.decision}`,
  )
  if (decided.after === undefined) session.note('It is in the log and will be applied; dunning is behind.')
  else showSteps(session, decided.after)
  return undefined
}
