import { TOPICS } from '@keyflow/contracts'
import type { CollectionSpec } from '@keyflow/runtime'
import { ACTIVATIONS } from './adapters/mongo-activations.ts'
import { API_KEYS } from './adapters/mongo-api-keys.ts'
import { CATALOG_SWEEPS } from './adapters/mongo-catalog-sweeps.ts'
import { CLOCKS } from './adapters/mongo-clocks.ts'
import { IDEMPOTENT_REQUESTS } from './adapters/mongo-idempotent-requests.ts'
import { IMPORTED_KEYS } from './adapters/mongo-imported-keys.ts'
import { LEDGER_EVENTS } from './adapters/mongo-ledger-events.ts'
import { LEDGER_COLLECTIONS } from './adapters/mongo-ledgers.ts'
import { LICENSE_HISTORY } from './adapters/mongo-license-history.ts'
import { LICENSE_TURNS } from './adapters/mongo-license-turns.ts'
import { LICENSES } from './adapters/mongo-licenses.ts'
import { RECONCILE_CURSORS, RECONCILE_TURNS } from './adapters/mongo-reconcile.ts'
import { REVIEWS } from './adapters/mongo-reviews.ts'
import { SNAPSHOT_REQUESTS } from './adapters/mongo-snapshot-requests.ts'
import { VALIDATION_COLLECTIONS } from './open-validation.ts'

/** Every topic that licenses are folded from, in any interleaving: what a rebuild reads too. */
export const FOLDED_TOPICS: readonly string[] = [
  TOPICS.stripeEvents.name,
  TOPICS.stripeSnapshots.name,
  TOPICS.dunningEvents.name,
  TOPICS.licenseOperations.name,
  TOPICS.licenseActivations.name,
]

/** Every collection of this service besides those that each consumer has. */
export const COLLECTIONS: readonly CollectionSpec[] = [
  ...LEDGER_COLLECTIONS,
  LEDGER_EVENTS,
  CLOCKS,
  LICENSES,
  LICENSE_HISTORY,
  REVIEWS,
  CATALOG_SWEEPS,
  SNAPSHOT_REQUESTS,
  ...VALIDATION_COLLECTIONS,
  ACTIVATIONS,
  API_KEYS,
  IDEMPOTENT_REQUESTS,
  IMPORTED_KEYS,
  LICENSE_TURNS,
  RECONCILE_CURSORS,
  RECONCILE_TURNS,
]
