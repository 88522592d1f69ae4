import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { KeyflowError } from '../errors/classify.ts'

const require = createRequire(import.meta.url)
const PATCHED_VERSION = '2.2.4'

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
 * Throws when another version is installed: then the patch has to be looked at again.
 */
export const patchTimerLoop = (): void => {
  if (patched) return
  const { version } = JSON.parse(readFileSync(require.resolve('kafkajs/package.json'), 'utf8')) as {
    version: string
  }
  if (version !== PATCHED_VERSION)
    throw new KeyflowError(
      'bug',
      'KAFKAJS_VERSION',
      `kafkajs ${version} is installed, the timer patch is for ${PATCHED_VERSION}`,
    )
  const queue = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue }
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
