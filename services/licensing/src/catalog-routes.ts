import type { FastifyInstance, Store } from '@keyflow/runtime'
import { findSweep } from './adapters/mongo-catalog-sweeps.ts'
import { countLedgersBehind } from './adapters/mongo-ledgers.ts'
import type { FoldRules } from './domain/fold.ts'
import type { Authorize } from './http/authorize.ts'
import { catalogRoute } from './http/catalog.route.ts'
import { catalogChangeRoute } from './http/catalog-change.route.ts'
import type { Idempotency } from './http/idempotency.ts'
import type { CatalogLog } from './workers/catalog-log.ts'
import { previewCatalog } from './workers/preview-catalog.ts'

export interface CatalogRoutesDeps {
  readonly catalog: CatalogLog
  readonly rules: () => FoldRules
  readonly store: Store
  readonly authorize: Authorize
  readonly idempotency: Idempotency
  readonly clock: () => Date
}

/** The catalog's part of the API. */
export const registerCatalogRoutes = (server: FastifyInstance, deps: CatalogRoutesDeps): void => {
  const { catalog, rules, store, authorize, idempotency, clock } = deps
  catalogRoute(server, {
    records: catalog.records,
    sweepOf: (version) => findSweep(store, version),
    ledgersBehind: (version) => countLedgersBehind(store, version),
    authorize,
  })
  catalogChangeRoute(server, {
    records: catalog.records,
    publish: catalog.publish,
    preview: (candidate, signal) => previewCatalog({ store, rules: rules(), clock }, candidate, signal),
    authorize,
    idempotency,
  })
}
