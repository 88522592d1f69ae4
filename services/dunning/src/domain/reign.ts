import type { StandingDebt } from './debt.ts'

/** The time during which one debt was the oldest that was owed. Unix milliseconds; `to` null = it still is. */
export interface Reign {
  readonly debt: StandingDebt
  readonly from: number
  readonly to: number | null
}

/** Who was the anchor when, from the debts of one episode. */
export const reignsOf = (debts: readonly StandingDebt[]): readonly Reign[] => {
  const sorted = [...debts].sort((a, b) => a.since - b.since || (a.invoice < b.invoice ? -1 : 1))
  const reigns: Reign[] = []
  let current = sorted[0]
  let from = current?.since ?? 0
  while (current !== undefined) {
    const { endedAt } = current
    reigns.push({ debt: current, from: from * 1000, to: endedAt === null ? null : endedAt * 1000 })
    if (endedAt === null) break
    from = endedAt
    current = sorted.find(({ since, endedAt: end }) => since <= endedAt && (end === null || end > endedAt))
  }
  return reigns
}
