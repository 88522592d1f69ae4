import type { EachBatchPayload } from 'kafkajs'
import { backoffMs } from '../errors/backoff.ts'
import { classify, failureCode } from '../errors/classify.ts'
import type { ConsumerRunnerOptions } from './consumer-runner.ts'

/** Low enough that an outage that has just ended does not cost another half minute. */
const BACKOFF = { base: 250, max: 5000 }

/**
 * Partitions that wait after a failure, each with a backoff of its own, while the others go on. A held partition keeps
 * its place: nothing of it is read until it is let go, and then the same records come again.
 */
export const createHeldPartitions = ({
  logger,
  onPaused,
}: Pick<ConsumerRunnerOptions, 'logger' | 'onPaused'>) => {
  const attempts = new Map<string, number>()
  const releases = new Map<NodeJS.Timeout, () => void>()

  return {
    hold: (payload: EachBatchPayload, error: unknown): void => {
      const { topic, partition } = payload.batch
      const id = `${topic}/${partition}`
      const attempt = attempts.get(id) ?? 0
      attempts.set(id, attempt + 1)
      const wait = backoffMs(attempt, BACKOFF)
      const why = { kind: classify(error), code: failureCode(error), err: error }
      logger.warn({ topic, partition, attempt, wait_ms: Math.round(wait), ...why }, 'consumer.held')
      const resume = payload.pause()
      onPaused?.(topic, partition, true)
      const timer = setTimeout(() => {
        releases.get(timer)?.()
        releases.delete(timer)
        resume()
      }, wait)
      releases.set(timer, () => onPaused?.(topic, partition, false))
    },
    /** The partition works again: its next failure waits as short as a first one. */
    succeeded: ({ topic, partition }: { readonly topic: string; readonly partition: number }): void => {
      attempts.delete(`${topic}/${partition}`)
    },
    /** Lets all go without reading them again. */
    stop: (): void => {
      for (const [timer, release] of releases) {
        clearTimeout(timer)
        release()
      }
      releases.clear()
    },
  }
}
