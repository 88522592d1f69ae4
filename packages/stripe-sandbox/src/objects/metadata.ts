export type Metadata = Readonly<Record<string, string>>

/** Stripe merges metadata: a key set to the empty string is removed, an unset map removes all. */
export const mergeMetadata = (current: Metadata, change: Metadata | null | undefined): Metadata => {
  if (change === undefined) return current
  if (change === null) return {}
  return Object.fromEntries(Object.entries({ ...current, ...change }).filter(([, value]) => value !== ''))
}
