import { networkOf } from '@keyflow/runtime'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

export interface LinkLimitOptions {
  /** Requests in a minute. */
  readonly perNetwork: number
  readonly perLink: number
}

/** Limits of this process: an office behind one address may open its links, nobody may try out many. */
export const createLinkLimits = ({ perNetwork, perLink }: LinkLimitOptions) => {
  const networks = new RateLimiterMemory({ points: perNetwork, duration: 60 })
  const links = new RateLimiterMemory({ points: perLink, duration: 60 })
  return async (address: string, token: string): Promise<boolean> => {
    try {
      await networks.consume(networkOf(address))
      await links.consume(token)
      return true
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return false
      throw refusal
    }
  }
}
