import { canonical, type DunningEventType, type DunningOutcome } from '@keyflow/contracts'
import { type Level, SEVERITY } from './case-file.ts'
import type { Plan } from './plan.ts'

/** What the last event of a case said: what the rest of the house believes. */
export interface Announced {
  readonly isOpen: boolean
  readonly outcome: DunningOutcome | null
  /** Unix seconds. */
  readonly anchorAt: number | null
  readonly outstanding: Readonly<Record<string, number>>
  readonly invoices: readonly string[]
  /** null = no restriction was ever wanted. */
  readonly level: Level | null
  readonly tier: string | null
}

export interface Announcement {
  readonly type: Exclude<DunningEventType, 'dunning.notice'>
  readonly says: Announced
}

const sayOf = (now: Plan | null, everRestricted: boolean): Announced => {
  const level = now?.level ?? 'none'
  const restriction = {
    level: everRestricted || level !== 'none' ? level : null,
    tier: now?.tier ?? null,
  }
  // What was taken for a debt turned out to be none.
  if (now === null)
    return {
      isOpen: false,
      outcome: 'recovered',
      anchorAt: null,
      outstanding: {},
      invoices: [],
      ...restriction,
    }
  const isOpen = now.status === 'open'
  return {
    isOpen,
    outcome: now.status === 'open' ? null : now.status,
    anchorAt: isOpen ? (now.standing.owed[0]?.since ?? null) : null,
    outstanding: isOpen ? now.standing.outstanding : {},
    invoices: isOpen ? now.standing.owed.map(({ invoice }) => invoice) : [],
    ...restriction,
  }
}

/**
 * What has to be said about a case after what was said last; null = nothing. A case that was never open to anybody
 * (its payment was known before its failure) is not announced at all.
 */
export const announce = (before: Announced | null, now: Plan | null): Announcement | null => {
  if (now === null && before === null) return null
  const says = sayOf(now, before !== null && before.level !== null)
  if (before === null) return says.isOpen ? { type: 'dunning.case_opened', says } : null
  if (canonical(before) === canonical(says)) return null
  return { type: typeOf(before, says), says }
}

const typeOf = (before: Announced, says: Announced): Announcement['type'] => {
  if (!says.isOpen) return 'dunning.case_closed'
  const rise = SEVERITY[says.level ?? 'none'] - SEVERITY[before.level ?? 'none']
  if (rise > 0) return 'dunning.restricted'
  if (!before.isOpen) return 'dunning.case_opened'
  return rise < 0 ? 'dunning.restored' : 'dunning.case_updated'
}
