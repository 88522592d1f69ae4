import { type CaseFile, type Level, SEVERITY } from './case-file.ts'
import type { Episode } from './episode.ts'
import type { TimelineStep } from './timeline.ts'

/**
 * The restriction that holds: the most severe that was taken in this episode and that the present timeline still
 * justifies. When the oldest invoice is paid the timeline is that of the next one, and what has become too severe lifts.
 * Without a timeline (Stripe gave the invoice up) all that was taken is justified.
 */
export const levelAt = (
  file: CaseFile,
  episode: Episode,
  timeline: readonly TimelineStep[] | null,
  now: number,
): { readonly level: Level; readonly tier: string | null } => {
  const justified = (level: Level): boolean =>
    timeline === null ||
    timeline.some(
      ({ restrict, scheduledAt }) =>
        restrict !== null && SEVERITY[restrict.level] >= SEVERITY[level] && scheduledAt <= now,
    )
  const taken = Object.values(file.runs)
    .filter(
      ({ result, restrict, invoice }) =>
        result === 'done' && restrict !== null && episode.invoices.has(invoice),
    )
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
  let held: { level: Level; tier: string | null } = { level: 'none', tier: null }
  for (const { restrict } of taken)
    if (restrict !== null && justified(restrict.level) && SEVERITY[restrict.level] >= SEVERITY[held.level])
      held = { level: restrict.level, tier: restrict.to }
  return held
}
