import type { LoadJob } from './load-job.ts'
import { runLoad } from './run-load.ts'
import { createSignedRequests } from './signed-requests.ts'

// A process of its own, so that its work is never in the way of the server's event loop.
const DISTINCT_EVENTS = 8000
const SIGNED_FOR_MS = 200_000

let requests = createSignedRequests(DISTINCT_EVENTS)
let signedAt = performance.now()

process.on('message', async (job: LoadJob) => {
  if (performance.now() - signedAt > SIGNED_FOR_MS) {
    requests = createSignedRequests(DISTINCT_EVENTS)
    signedAt = performance.now()
  }
  process.send?.(await runLoad(job, requests))
})
process.send?.('ready')
