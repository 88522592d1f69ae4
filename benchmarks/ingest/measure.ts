import type { ChildProcess } from 'node:child_process'
import type { LoadJob, LoadResult } from './load-job.ts'
import { answerOf, type ServerProcess } from './server-process.ts'

export interface Measured extends LoadResult {
  readonly perSecond: number
  /** Microseconds of the server's processor time for each answered request. */
  readonly cpuPerRequest: number
}

export type Load = Omit<LoadJob, 'port'>

/** Puts one load on one server and says what that cost it. The warm-up is in neither count. */
export const measure = async (
  generator: ChildProcess,
  server: ServerProcess,
  load: Load,
): Promise<Measured> => {
  if (load.warmupSeconds > 0)
    await run(generator, { ...load, port: server.port, seconds: load.warmupSeconds, warmupSeconds: 0 })
  const before = await server.cpu()
  const result = await run(generator, { ...load, port: server.port, warmupSeconds: 0 })
  const spent = (await server.cpu()) - before
  const answered = Math.max(1, result.accepted + result.failed)
  return { ...result, perSecond: result.accepted / result.seconds, cpuPerRequest: spent / answered }
}

const run = async (generator: ChildProcess, job: LoadJob): Promise<LoadResult> => {
  generator.send(job)
  return answerOf<LoadResult>(generator)
}
