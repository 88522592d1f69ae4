import { backoffMs, delay } from '../errors/backoff.ts'
import { classify, failureCode, KeyflowError } from '../errors/classify.ts'
import type { Logger } from '../telemetry/logger.ts'

/**
 * Tries `work` until it succeeds or fails for a reason that waiting does not mend. A service that boots before its
 * broker or database waits (alive, not ready) instead of crashing in a loop.
 */
export const untilAvailable = async <R>(
  what: string,
  work: () => Promise<R>,
  options: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<R> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (classify(error) !== 'transient') throw error
      if (!options.signal.aborted) {
        options.logger.warn({ what, attempt, code: failureCode(error), err: error }, 'service.waiting')
        await delay(backoffMs(attempt, { base: 250, max: 5000 }), options.signal)
      }
      if (options.signal.aborted)
        throw new KeyflowError('transient', 'SHUTTING_DOWN', 'shutdown began', { cause: error })
    }
  }
}
