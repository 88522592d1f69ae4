import { DUNNING_EVENT_TYPES, type DunningEventType } from '@keyflow/contracts'
import { Counter, Gauge, type Registry } from '@keyflow/runtime'
import { CASE_STATUSES, type CaseStatus } from './domain/derive-case.ts'

/** Closed label sets, initialized to 0. */
export const createDunningMetrics = (
  registry: Registry,
  countCases: () => Promise<ReadonlyMap<CaseStatus, number> | null>,
) => {
  const announcements = new Counter({
    name: 'keyflow_dunning_events_total',
    help: 'Dunning events by type: what was said about cases.',
    labelNames: ['type'],
    registers: [registry],
  })
  for (const type of DUNNING_EVENT_TYPES) announcements.inc({ type }, 0)
  const cases = new Gauge({
    name: 'keyflow_dunning_cases',
    help: 'Cases by status.',
    labelNames: ['status'],
    registers: [registry],
    collect: async () => {
      const counts = await countCases().catch(() => null)
      if (counts === null) return
      for (const status of CASE_STATUSES) cases.set({ status }, counts.get(status) ?? 0)
    },
  })
  return { announced: (type: DunningEventType): void => announcements.inc({ type }) }
}
export type DunningMetrics = ReturnType<typeof createDunningMetrics>
