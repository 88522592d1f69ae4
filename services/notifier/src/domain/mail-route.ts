/** `live`: real relays. `sink`: where nobody real reads it. */
export type MailRoute = 'live' | 'sink'

/** An address, or a whole domain as `@example.com`. */
const isAllowed = (allowed: readonly string[], address: string): boolean => {
  const folded = address.toLowerCase()
  return allowed.some((entry) => {
    const wanted = entry.toLowerCase()
    return wanted.startsWith('@') ? folded.endsWith(wanted) : folded === wanted
  })
}

/** Mail of test mode never goes to real people, unless they are on the list. */
export const routeOf = (livemode: boolean, address: string, allowed: readonly string[]): MailRoute =>
  livemode || isAllowed(allowed, address) ? 'live' : 'sink'
