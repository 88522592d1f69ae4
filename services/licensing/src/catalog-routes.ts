import type { FastifyInstance, Store } from '@keyflow/runtime'
import { findSweep, isSweptTo } from './adapters/mongo-catalog-sweeps.ts'
import { countLedgers } from './adapters/mongo-ledgers.ts'
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
    sweepOf: async (version) => {
      const [sweep, finished, all] = await Promise.all([
        findSweep(store, version),
        isSweptTo(store, version),
        countLedgers(store),
      ])
      const done = sweep?.ledgers ?? 0
      return {
        finished,
        ledgers_behind: finished ? 0 : Math.max(0, all - done),
        ledgers_done: done,
        licenses_changed: sweep?.changed ?? 0,
      }
    },
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
