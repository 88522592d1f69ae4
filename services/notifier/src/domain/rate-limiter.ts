export interface RateLimits {
  /** Mails a minute, all recipients together; 0 = no limit. */
  readonly perMinute: number
  /** Mails a minute to one recipient domain; 0 = no limit. */
  readonly perDomainPerMinute: number
}

/** Refusals in a row after which a domain is left alone for a while. */
const REFUSALS = 5
const FIRST_HOLD_MS = 60_000
const LONGEST_HOLD_MS = 3_600_000
const MINUTE = 60_000
/** Domains that are remembered; the oldest are forgotten, and begin anew. */
const MOST_DOMAINS = 10_000

interface Bucket {
  tokens: number
  at: number
}
interface Domain {
  refusals: number
  heldUntil: number
}

/** Takes one mail out of a bucket that fills evenly and holds a sixth of a minute's worth; milliseconds to wait, or 0. */
const take = (buckets: Map<string, Bucket>, name: string, perMinute: number, now: number): number => {
  if (perMinute === 0) return 0
  const size = Math.max(1, perMinute / 6)
  const { tokens, at } = buckets.get(name) ?? { tokens: size, at: now }
  const filled = Math.min(size, tokens + ((now - at) * perMinute) / MINUTE)
  buckets.delete(name)
  buckets.set(name, { tokens: filled < 1 ? filled : filled - 1, at: now })
  if (buckets.size > MOST_DOMAINS) buckets.delete(buckets.keys().next().value ?? '')
  return filled < 1 ? Math.ceil(((1 - filled) * MINUTE) / perMinute) : 0
}

/** How fast one process sends, and which domains it leaves alone because they refuse. Time (milliseconds) is an argument. */
export const createRateLimiter = (limits: RateLimits) => {
  const buckets = new Map<string, Bucket>()
  const domains = new Map<string, Domain>()
  return {
    /** Milliseconds to wait before a mail to that domain; 0 = it may go, and is counted. */
    waitFor: (domain: string, now: number): number => {
      const held = (domains.get(domain)?.heldUntil ?? 0) - now
      if (held > 0) return held
      const wait = take(buckets, `@${domain}`, limits.perDomainPerMinute, now)
      return wait > 0 ? wait : take(buckets, 'all', limits.perMinute, now)
    },
    /** What the domain's side said to a recipient. */
    note: (domain: string, isRefusedForNow: boolean, now: number): void => {
      if (!isRefusedForNow) {
        domains.delete(domain)
        return
      }
      const refusals = (domains.get(domain)?.refusals ?? 0) + 1
      const over = refusals - REFUSALS
      const hold = over < 0 ? 0 : Math.min(LONGEST_HOLD_MS, FIRST_HOLD_MS * 2 ** Math.min(over, 10))
      domains.set(domain, { refusals, heldUntil: now + hold })
      if (domains.size > MOST_DOMAINS) domains.delete(domains.keys().next().value ?? '')
    },
  }
}
export type RateLimiter = ReturnType<typeof createRateLimiter>

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
