import type { LoadJob } from '../ingest/load-job.ts'

export interface ValidateJob extends LoadJob {
  /** How many there are to draw from. */
  readonly licenses: number
}
