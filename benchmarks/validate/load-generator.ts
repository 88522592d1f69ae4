import { runLoad } from '../ingest/run-load.ts'
import { keyOf } from './licenses.ts'
import type { ValidateJob } from './validate-job.ts'

// A process of its own, so that its work is never in the way of the server's event loop.
const DISTINCT_REQUESTS = 60_000

const requestOf = (key: string): Buffer => {
  const body = JSON.stringify({ key, product_id: 'keyflow-example', environment: 'live' })
  return Buffer.from(
    `POST /api/v1/licenses/validate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
}

const drawn = new Map<number, readonly Buffer[]>()

/** Drawn evenly from all licenses, once for each number of them. */
const draw = (licenses: number): readonly Buffer[] => {
  const requests =
    drawn.get(licenses) ??
    Array.from({ length: DISTINCT_REQUESTS }, () => requestOf(keyOf(Math.floor(Math.random() * licenses))))
  drawn.set(licenses, requests)
  return requests
}

process.on('message', async (job: ValidateJob) => {
  process.send?.(await runLoad(job, draw(job.licenses)))
})
process.send?.('ready')
