import { canonical, type DunningEventType, type DunningOutcome } from '@keyflow/contracts'
import type { DunningCase } from './derive-case.ts'

/** What the last event of a case said: what the rest of the house believes. */
export interface Announced {
  readonly isOpen: boolean
  readonly outcome: DunningOutcome | null
  readonly anchorAt: number | null
  readonly outstanding: Readonly<Record<string, number>>
  readonly invoices: readonly string[]
}

export interface Announcement {
  readonly type: DunningEventType
  readonly says: Announced
}

const NOTHING_OWED: Announced = {
  isOpen: false,
  outcome: 'recovered',
  anchorAt: null,
  outstanding: {},
  invoices: [],
}

const sayOf = (now: DunningCase): Announced => ({
  isOpen: now.status === 'open',
  outcome: now.status === 'open' ? null : now.status,
  anchorAt: now.anchorAt,
  outstanding: now.outstanding,
  invoices: now.status === 'open' ? now.debts.map(({ invoice }) => invoice) : [],
})

const isEqual = (a: Announced, b: Announced): boolean => canonical(a) === canonical(b)

/**
 * What has to be said about a case after what was said last; null = nothing. A case that was never open to anybody
 * (its payment was known before its failure) is not announced at all.
 */
export const announce = (before: Announced | null, now: DunningCase | null): Announcement | null => {
  if (now === null && before === null) return null
  // What was taken for a debt turned out to be none.
  const says = now === null ? NOTHING_OWED : sayOf(now)
  if (before === null) return says.isOpen ? { type: 'dunning.case_opened', says } : null
  if (isEqual(before, says)) return null
  if (!says.isOpen) return { type: 'dunning.case_closed', says }
  return { type: before.isOpen ? 'dunning.case_updated' : 'dunning.case_opened', says }
}
