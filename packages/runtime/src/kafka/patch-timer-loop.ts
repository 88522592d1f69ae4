import { kafkajsInternal } from './kafkajs-internals.ts'

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null
  pending: readonly unknown[]
  throttledUntil: number
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

let patched = false

/**
 * kafkajs 2.2.4 re-arms a timer about 3,500 times a second on an idle connection (4 % of a core, and a
 * TimeoutNegativeWarning on Node 24). This arms it only while requests are waiting for a throttle to end.
 */
export const patchTimerLoop = (): void => {
  if (patched) return
  const queue = kafkajsInternal<{ prototype: RequestQueue }>('network/requestQueue/index.js')
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
    const wait = this.throttledUntil - Date.now()
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      },
      wait > 0 ? wait : 10,
    )
  }
  patched = true
}
