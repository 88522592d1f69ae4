import type { Latencies } from './latencies.ts'

/** What the load generator is asked to do: the only thing that passes between it and the benchmark, with LoadResult. */
export interface LoadJob {
  readonly port: number
  readonly seconds: number
  /** Not measured: until the compilers and the buffers are warm. */
  readonly warmupSeconds: number
  readonly connections: number
  /** Requests a second that are due whatever the answers do (open loop); absent: as fast as the answers come. */
  readonly rate?: number
}

export interface LoadResult {
  readonly accepted: number
  readonly failed: number
  /** Seconds that were measured. */
  readonly seconds: number
  /** In open loop counted from the instant at which the request was due, so that a stall is paid by all it delays. */
  readonly latencies: Latencies
}
