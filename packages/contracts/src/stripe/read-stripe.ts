import type { Fact } from '../facts/facts.ts'

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
