import { setTimeout as sleep } from 'node:timers/promises'
import { type HttpConnection, openConnection } from './http-connection.ts'
import { summarize } from './latencies.ts'
import type { LoadJob, LoadResult } from './load-job.ts'

interface Tally {
  accepted: number
  failed: number
  readonly samples: number[]
}

const OK = 200

const count = (tally: Tally, status: number, dueAt: number, from: number, until: number): void => {
  const now = performance.now()
  if (dueAt < from || dueAt > until) return
  if (status === OK) tally.accepted += 1
  else tally.failed += 1
  tally.samples.push(now - dueAt)
}

/** Every connection sends its next request when the last was answered. */
const closedLoop = async (
  connections: readonly HttpConnection[],
  next: () => Buffer,
  from: number,
  until: number,
): Promise<Tally> => {
  const tally: Tally = { accepted: 0, failed: 0, samples: [] }
  const drive = (connection: HttpConnection): Promise<void> =>
    new Promise((resolve) => {
      const again = (): void => {
        const sentAt = performance.now()
        if (sentAt > until) {
          resolve()
          return
        }
        connection.send(next(), (status) => {
          count(tally, status, sentAt, from, until)
          if (status === 0) resolve()
          else again()
        })
      }
      again()
    })
  await Promise.all(connections.map(drive))
  return tally
}

/** Requests are due at fixed instants; one that finds no free connection waits, and its wait counts. */
const openLoop = async (
  connections: readonly HttpConnection[],
  next: () => Buffer,
  rate: number,
  from: number,
  until: number,
): Promise<Tally> => {
  const tally: Tally = { accepted: 0, failed: 0, samples: [] }
  const idle = [...connections]
  const start = performance.now()
  const due: number[] = []
  let head = 0
  let issued = 0
  let pending = 0
  const dispatch = (): void => {
    while (head < due.length && idle.length > 0) {
      const connection = idle.pop() as HttpConnection
      const dueAt = due[head] as number
      head += 1
      pending += 1
      connection.send(next(), (status) => {
        pending -= 1
        count(tally, status, dueAt, from, until)
        if (status !== 0) idle.push(connection)
        if (head < due.length) dispatch()
      })
    }
  }
  while (performance.now() < until) {
    const owed = Math.floor(((performance.now() - start) / 1000) * rate) + 1
    for (; issued < owed; issued += 1) due.push(start + (issued / rate) * 1000)
    dispatch()
    await sleep(1)
  }
  const patience = performance.now() + 3000
  while ((pending > 0 || head < due.length) && performance.now() < patience) await sleep(5)
  // What is still unanswered counts with the time that it has waited so far.
  const unanswered = pending + due.length - head
  for (let i = 0; i < unanswered; i += 1) {
    tally.failed += 1
    tally.samples.push(performance.now() - until)
  }
  return tally
}

/** Does one job and closes its connections. */
export const runLoad = async (job: LoadJob, requests: readonly Buffer[]): Promise<LoadResult> => {
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(job.port)),
  )
  let position = 0
  const next = (): Buffer => {
    position = (position + 1) % requests.length
    return requests[position] as Buffer
  }
  const from = performance.now() + job.warmupSeconds * 1000
  const until = from + job.seconds * 1000
  const tally =
    job.rate === undefined
      ? await closedLoop(connections, next, from, until)
      : await openLoop(connections, next, job.rate, from, until)
  for (const connection of connections) connection.close()
  const { accepted, failed, samples } = tally
  return { accepted, failed, seconds: job.seconds, latencies: summarize(samples) }
}
