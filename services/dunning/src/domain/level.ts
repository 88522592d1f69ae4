import { type CaseFile, type Level, SEVERITY } from './case-file.ts'
import type { StandingDebt } from './debt.ts'
import { reignsOf } from './reign.ts'
import type { TimelineStep } from './timeline.ts'

export interface HeldLevel {
  readonly level: Level
  readonly tier: string | null
}

export const NOT_RESTRICTED: HeldLevel = { level: 'none', tier: null }

/**
 * The restriction that holds: what was taken in this episode, less what became too severe when another debt became the
 * oldest. What was lifted then never comes back by itself: it is taken anew, with a notice of its own.
 */
export const levelAt = (
  file: CaseFile,
  debts: readonly StandingDebt[],
  timelineOf: (anchor: StandingDebt) => readonly TimelineStep[],
): HeldLevel => {
  const taken = Object.values(file.runs)
    .filter(({ result, restrict }) => result === 'done' && restrict !== null)
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
  let held = NOT_RESTRICTED
  if (taken.length === 0) return held
  const earlier = new Set<string>()
  for (const { debt, from, to } of reignsOf(debts)) {
    if (held.level !== 'none') held = justified(held, timelineOf(debt), from)
    for (const { restrict, at, invoice } of taken) {
      // A step may be taken for a debt that was paid a moment before: it is that debt's, and lifts with it.
      const isOfReign =
        invoice === debt.invoice || (!earlier.has(invoice) && at >= from && (to === null || at < to))
      if (restrict !== null && isOfReign && SEVERITY[restrict.level] >= SEVERITY[held.level])
        held = { level: restrict.level, tier: restrict.to }
    }
    earlier.add(debt.invoice)
  }
  return held
}

/** What of a restriction the days of another debt justify at the moment at which it takes over. */
const justified = (held: HeldLevel, timeline: readonly TimelineStep[], at: number): HeldLevel => {
  let found = NOT_RESTRICTED
  for (const { restrict, scheduledAt } of timeline) {
    if (restrict === null || scheduledAt > at) continue
    if (SEVERITY[restrict.level] >= SEVERITY[held.level]) return held
    if (SEVERITY[restrict.level] > SEVERITY[found.level]) found = { level: restrict.level, tier: restrict.to }
  }
  return found
}
