import type { Fact } from '../facts/facts.ts'
import { isMalformed } from './malformed.ts'
import type { FactReader, Sighting } from './sighting.ts'

/** Why a payload gave no facts. Values, never exceptions: one odd record must not stop a partition. */
export type ReadProblem =
  | { readonly code: 'not_json'; readonly detail: string }
  | { readonly code: 'not_an_event'; readonly detail: string }
  | { readonly code: 'malformed_object'; readonly detail: string }

export type ReadResult =
  | {
      readonly ok: true
      /** `evt_…` */
      readonly eventId: string
      readonly type: string
      /** Empty for types that Keyflow does not handle. */
      readonly facts: readonly Fact[]
      readonly handled: boolean
    }
  | { readonly ok: false; readonly problem: ReadProblem }

export const problem = (code: ReadProblem['code'], detail: string): ReadResult => ({
  ok: false,
  problem: { code, detail },
})

/** Applies a reader to a sighting on behalf of the event or snapshot `eventId` of `type`. */
export const readSighting = (
  eventId: string,
  type: string,
  reader: FactReader,
  sighting: Sighting,
): ReadResult => {
  const facts = reader(sighting)
  if (isMalformed(facts)) return problem('malformed_object', facts.malformed)
  return { ok: true, eventId, type, facts, handled: true }
}
