import { randomUUID } from 'node:crypto'
import { TOPICS } from '@keyflow/contracts'
import { type Logger, type RecordPublisher, type Store, splitList } from '@keyflow/runtime'
import type { StripeAccess } from '@keyflow/runtime/stripe'
import { createExists, createReadPage } from './adapters/stripe-lists.ts'
import type { LicensingConfig } from './config.ts'
import type { FoldRules } from './domain/fold.ts'
import { type ReconcileOrder, reconcile } from './workers/reconcile/reconcile.ts'
import { scopesOf } from './workers/reconcile/reconcile-objects.ts'
import type { ReconcileReport } from './workers/reconcile/reconcile-report.ts'

export interface ReconcilerParts {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly access: StripeAccess
  readonly rules: () => FoldRules
  readonly logger: Logger
}

/** The reconciler of an installation, for the schedule of the service and for the operator's command. */
export const createReconciler =
  (config: Pick<LicensingConfig, 'topicPrefix' | 'stripeAccounts'>, parts: ReconcilerParts) =>
  (order: ReconcileOrder): Promise<ReconcileReport> =>
    reconcile(
      {
        ...parts,
        readPage: createReadPage(parts.access),
        exists: createExists(parts.access),
        eventTopic: `${config.topicPrefix}${TOPICS.stripeEvents.name}`,
        snapshotTopic: `${config.topicPrefix}${TOPICS.stripeSnapshots.name}`,
        scopes: scopesOf(splitList(config.stripeAccounts), parts.access.modes),
        clock: () => new Date(),
        newId: randomUUID,
      },
      order,
    )
