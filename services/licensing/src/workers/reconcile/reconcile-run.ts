import type { Scope } from '@keyflow/contracts'
import type { Logger, RecordPublisher, Store } from '@keyflow/runtime'
import type { ReadPage } from '../../adapters/stripe-lists.ts'
import type { FoldRules } from '../../domain/fold.ts'
import type { Tally } from './reconcile-report.ts'

export interface ReconcileDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly readPage: ReadPage
  /** Whether Stripe still knows the object at a path. */
  readonly exists: (scope: Scope, path: string) => Promise<boolean>
  readonly rules: () => FoldRules
  readonly eventTopic: string
  readonly snapshotTopic: string
  readonly scopes: readonly Scope[]
  readonly clock: () => Date
  readonly newId: () => string
  readonly logger: Logger
}

/** Everything that one run has in hand. */
export interface ReconcileRun extends ReconcileDeps {
  readonly dryRun: boolean
  /** All thirty days again, not only what came since the last pass. */
  readonly isFull: boolean
  /** Younger things may still be on their way by themselves. */
  readonly minAgeSeconds: number
  readonly tally: Tally
  /** Ids that this run has put into the log: they are not claimed yet. */
  readonly appendedEvents: Set<string>
  /** Scoped ids of what this run has found missing: what else belongs to it is missing as well. */
  readonly foundIdentities: Set<string>
  /** Waits out what Stripe's limits and outages make impossible for now. */
  readonly patiently: <R>(work: () => Promise<R>) => Promise<R>
  readonly onProgress: () => void
}
