import type { DunningEvent } from '@keyflow/contracts'
import type { Said } from '../src/domain/take-steps.ts'
import { dunningEntry } from '../src/workers/dunning-entry.ts'
import { CALENDAR, SHIPPED } from './memory-dunning.ts'

/** What is said, as the events that other services read. */
export const caseEvents = (
  said: readonly (Said & { readonly at: number })[],
  paymentUrl: (caseId: string) => string | null = () => null,
): readonly DunningEvent[] =>
  said.map((one) => {
    const rules = { book: SHIPPED, calendar: CALENDAR, accountZone: 'UTC', paymentUrl }
    const entry = dunningEntry(one, { topic: 'dunning.events', rules, causes: [], headers: {}, now: one.at })
    return JSON.parse(String(entry.value)) as DunningEvent
  })
