import type { BilledLicense } from './derived-license.ts'

export interface Succession {
  readonly licenses: readonly BilledLicense[]
  /** Ids that subscriptions would have had by themselves -> the license that they continue. */
  readonly aliases: Readonly<Record<string, string>>
}

/**
 * Ends after which coming back continues the old license, whatever the policy made of them (null: a free tier or a
 * perpetual license); a refund or a lost dispute is not among them.
 */
const RESUMABLE: ReadonlySet<string | null> = new Set(['canceled', 'payment_failed', null])

/**
 * Who subscribes again soon after the end keeps license, key and activations: the new subscription continues the old
 * one's license. Decided from when subscriptions started and ended, so it does not depend on the order of events.
 * `window`: seconds between end and new start; 0 turns it off. `isBarred`: licenses that nothing may continue.
 */
export const continueLicenses = (
  licenses: readonly BilledLicense[],
  window: number,
  isBarred: (licenseId: string) => boolean,
): Succession => {
  if (window === 0 || licenses.length < 2) return { licenses, aliases: {} }
  const inOrder = [...licenses].sort(
    (a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || (a.id < b.id ? -1 : 1),
  )
  const rootOf = new Map<string, string>()
  const taken = new Set<string>()
  for (const next of inOrder) {
    const previous = inOrder
      .filter((old) => !taken.has(old.id) && !isBarred(old.id) && precedes(old, next, window))
      .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0) || (a.id < b.id ? -1 : 1))[0]
    if (previous === undefined) continue
    taken.add(previous.id)
    rootOf.set(next.id, rootOf.get(previous.id) ?? previous.id)
  }
  return {
    licenses: inOrder
      .filter((license) => !taken.has(license.id))
      .map((license) => ({ ...license, id: rootOf.get(license.id) ?? license.id })),
    aliases: Object.fromEntries(rootOf),
  }
}

const precedes = (old: BilledLicense, next: BilledLicense, window: number): boolean =>
  old.id !== next.id &&
  next.granted &&
  old.granted &&
  old.origin.kind === 'subscription_item' &&
  next.origin.kind === 'subscription_item' &&
  old.origin.subscription !== next.origin.subscription &&
  old.customer !== null &&
  old.customer === next.customer &&
  old.terms.productId === next.terms.productId &&
  RESUMABLE.has(old.reason) &&
  old.endedAt !== null &&
  next.startedAt !== null &&
  next.startedAt >= old.endedAt &&
  next.startedAt - old.endedAt <= window
