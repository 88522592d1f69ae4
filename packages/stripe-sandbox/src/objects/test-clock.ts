/** A frozen time of its own, which customers can be put on. Moves forward only, and only when it is advanced. */
export interface TestClockRecord {
  readonly object: 'test_helpers.test_clock'
  readonly id: string
  /** Wall time, like `deletes_after`; Unix seconds. */
  readonly created: number
  readonly deletes_after: number
  readonly frozen_time: number
  readonly name: string | null
  readonly status: 'ready' | 'advancing' | 'internal_failure'
  /** Where it is going while it is advancing, else null. */
  readonly target: number | null
}
