import { TOPICS } from '@keyflow/contracts'
import type { CollectionSpec } from '@keyflow/runtime'
import { CASES } from './adapters/case-store.ts'
import { CLOCKS } from './adapters/clock-store.ts'
import { CUSTOMERS } from './adapters/customer-store.ts'
import { POLICIES } from './adapters/policy-store.ts'
import { STEP_RUNS } from './adapters/step-runs.ts'
import { TASKS } from './adapters/task-store.ts'

/** Every topic that cases are folded from, in any interleaving: what a rebuild reads too. */
export const FOLDED_TOPICS: readonly string[] = [
  TOPICS.stripeEvents.name,
  TOPICS.stripeSnapshots.name,
  TOPICS.mailEvents.name,
  TOPICS.licenseAcks.name,
  TOPICS.dunningOperations.name,
  TOPICS.licenseEvents.name,
]

/** Those of which a rebuild does without what retention took: licensing answers again when it is asked again. */
export const EXPENDABLE_TOPICS: readonly string[] = [TOPICS.licenseAcks.name]

/** Every collection of this service besides those that each consumer has. */
export const COLLECTIONS: readonly CollectionSpec[] = [CASES, CUSTOMERS, CLOCKS, STEP_RUNS, TASKS, POLICIES]
