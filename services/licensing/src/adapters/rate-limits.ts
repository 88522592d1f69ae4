import { networkOf } from '@keyflow/runtime'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

const LICENSE_WINDOW_SECONDS = 10
const MISS_WINDOW_SECONDS = 600

export interface RateLimitOptions {
  /** Requests in ten seconds of one license at one place. */
  readonly perLicense: number
  /** Keys in ten minutes that an address may get wrong. */
  readonly missesPerAddress: number
}

/**
 * Limits of this process. A license has a bucket for each place that it is used at, so that an office behind one address
 * is not taken for one customer; an address is only limited in what it gets wrong, which makes guessing expensive.
 */
export const createRateLimits = (options: RateLimitOptions) => {
  const licenses = new RateLimiterMemory({ points: options.perLicense, duration: LICENSE_WINDOW_SECONDS })
  const misses = new RateLimiterMemory({ points: options.missesPerAddress, duration: MISS_WINDOW_SECONDS })
  return {
    /** Seconds to wait; null = go ahead. `bucket`: hash of the key, and the place. */
    wait: async (address: string, bucket: string): Promise<number | null> => {
      const missed = await misses.get(networkOf(address))
      if (missed !== null && missed.consumedPoints >= options.missesPerAddress) return secondsOf(missed)
      try {
        await licenses.consume(bucket)
        return null
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return secondsOf(refusal)
        throw refusal
      }
    },
    missed: async (address: string): Promise<void> => {
      await misses.penalty(networkOf(address))
    },
  }
}
export type RateLimits = ReturnType<typeof createRateLimits>

const secondsOf = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1000))
