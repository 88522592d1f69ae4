import { type PolicyReading, readPolicies, SHIPPED_POLICIES } from './adapters/policy-file.ts'
import { createCalendar } from './adapters/temporal-calendar.ts'

export type { PolicyReading }
export { SHIPPED_POLICIES }

/** Reads policies as the service does at its start: for whoever wants to know before. Needs no service. */
export const lintPolicyText = (text: string): PolicyReading => readPolicies(text, createCalendar())
