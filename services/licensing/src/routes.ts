import type { FastifyInstance, RecordPublisher, Store } from '@keyflow/runtime'
import type { LicenseKeys } from './adapters/crypto-license-keys.ts'
import { findLedgerEvents } from './adapters/mongo-ledger-events.ts'
import { findLicenseVersionAt, findLicenseVersions } from './adapters/mongo-license-history.ts'
import { findLicenseById, findLicenseByKeyHash } from './adapters/mongo-licenses.ts'
import { savePriceMapping } from './adapters/mongo-price-mappings.ts'
import { dismissReview, findReview, listReviews } from './adapters/mongo-reviews.ts'
import type { LicensingConfig } from './config.ts'
import { explainRoute } from './http/explain.route.ts'
import { licenseRoute } from './http/license.route.ts'
import { operationsRoute } from './http/operations.route.ts'
import { reviewsRoute } from './http/reviews.route.ts'
import { validateRoute } from './http/validate.route.ts'
import type { LiveRules } from './workers/live-rules.ts'
import { createOperateLicense } from './workers/operate-license.ts'

export interface RoutesDeps {
  readonly config: Pick<LicensingConfig, 'operatorToken'>
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly keys: LicenseKeys
  readonly rules: LiveRules
  readonly rederive: (ledgers: readonly string[]) => Promise<void>
  readonly operationsTopic: string
  readonly onVerdict: (valid: boolean) => void
  readonly clock: () => Date
  readonly newId: () => string
}

const MOST_FACTS = 1000

/** Puts the public API together. */
export const registerRoutes = (server: FastifyInstance, deps: RoutesDeps): void => {
  const { store, clock, rules } = deps
  const { operatorToken } = deps.config
  const findById = (id: string) => findLicenseById(store, id)
  const knowsTier = (tier: string): boolean => Object.hasOwn(rules.current().catalog.tiers, tier)
  validateRoute(server, {
    findByTypedKey: (typed) => findLicenseByKeyHash(store, deps.keys.hashTyped(typed)),
    clock,
    onVerdict: deps.onVerdict,
  })
  licenseRoute(server, {
    findById,
    findAt: async (id, at) => (await findLicenseVersionAt(store, id, at))?.license ?? null,
    operatorToken,
    clock,
  })
  operationsRoute(server, {
    operate: createOperateLicense({ ...deps, topic: deps.operationsTopic }),
    knowsTier,
    operatorToken,
    clock,
  })
  explainRoute(server, {
    findById,
    versionsOf: (id) => findLicenseVersions(store, id),
    versionAt: (id, at) => findLicenseVersionAt(store, id, at),
    eventsOf: (ledger, until) => findLedgerEvents(store, ledger, until, MOST_FACTS),
    operatorToken,
    clock,
  })
  reviewsRoute(server, {
    list: (state, limit) => listReviews(store, state, limit),
    find: (id) => findReview(store, id),
    dismiss: (id, by) => dismissReview(store, id, by),
    map: async (mapping) => {
      await savePriceMapping(store, mapping)
      await rules.refresh()
    },
    rederive: (ledger) => deps.rederive([ledger]),
    knowsTier,
    operatorToken,
  })
}
