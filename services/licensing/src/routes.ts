import type { FastifyInstance, PersonalVault, RecordPublisher } from '@keyflow/runtime'
import type { SealedText } from './adapters/jose-sealed-text.ts'
import { beginRequest, keepAnswer, releaseRequest } from './adapters/mongo-idempotent-requests.ts'
import { findLedgerEvents, isFolded } from './adapters/mongo-ledger-events.ts'
import { findLicenseVersionAt, findLicenseVersions } from './adapters/mongo-license-history.ts'
import { findLicensesOfSession, listLicenses } from './adapters/mongo-license-list.ts'
import { inLicenseTurn } from './adapters/mongo-license-turns.ts'
import { findLicenseById, findLicenseByKeyHash } from './adapters/mongo-licenses.ts'
import { findReview, listReviews } from './adapters/mongo-reviews.ts'
import { createRateLimits } from './adapters/rate-limits.ts'
import { identifyActivation } from './adapters/sha-activation-id.ts'
import { registerCatalogRoutes } from './catalog-routes.ts'
import type { LicensingConfig } from './config.ts'
import { tierOf } from './domain/catalog.ts'
import { headOf } from './domain/catalog-history.ts'
import type { IdentifyLicense } from './domain/derived-license.ts'
import type { FoldRules } from './domain/fold.ts'
import { activateRoute } from './http/activate.route.ts'
import { activationsRoute } from './http/activations.route.ts'
import { apiKeysRoute } from './http/api-keys.route.ts'
import { createAuthorize } from './http/authorize.ts'
import { createLicenseRoute } from './http/create-license.route.ts'
import { explainRoute } from './http/explain.route.ts'
import { createFindKeyed } from './http/find-keyed.ts'
import { createFindLicense } from './http/find-license.ts'
import { createIdempotency } from './http/idempotency.ts'
import { licenseRoute } from './http/license.route.ts'
import { listLicensesRoute } from './http/list-licenses.route.ts'
import { collectMethods } from './http/method-not-allowed.ts'
import { registerOpenApi } from './http/openapi.ts'
import { operationsRoute } from './http/operations.route.ts'
import { reviewsRoute } from './http/reviews.route.ts'
import { sessionLicensesRoute } from './http/session-licenses.route.ts'
import { registerValidation, type ValidationRoutesDeps } from './validation-routes.ts'
import type { ApiKeys } from './workers/api-keys.ts'
import { createAwaitSession } from './workers/await-session.ts'
import type { CatalogLog } from './workers/catalog-log.ts'
import { createCreateLicense } from './workers/create-license.ts'
import { createDismissReview } from './workers/dismiss-review.ts'
import { mapPrice } from './workers/map-price.ts'
import { createOperateLicense, untilFolded } from './workers/operate-license.ts'
import { createPlaceLicense } from './workers/place-license.ts'
import type { RefoldLedgers } from './workers/refold-ledgers.ts'

export interface RoutesDeps
  extends Omit<ValidationRoutesDeps, 'find' | 'findKeyed' | 'limits' | 'authorize' | 'idempotency'> {
  readonly config: ValidationRoutesDeps['config'] &
    Pick<LicensingConfig, 'operatorToken' | 'validationsPerLicense' | 'missesPerAddress'>
  readonly publisher: RecordPublisher
  readonly catalog: CatalogLog
  readonly rules: () => FoldRules
  readonly refold: RefoldLedgers
  readonly operationsTopic: string
  readonly activationsTopic: string
  readonly apiKeys: ApiKeys
  readonly personal: PersonalVault
  readonly sealed: SealedText
  readonly identify: IdentifyLicense
  readonly clock: () => Date
  readonly newId: () => string
}

const MOST_FACTS = 1000
const MOST_WAITING = 200

/** Puts the public API together. */
export const registerRoutes = async (server: FastifyInstance, deps: RoutesDeps): Promise<void> => {
  await registerOpenApi(server)
  const refuseOtherMethods = collectMethods(server)
  const { store, clock, catalog } = deps
  const find = createFindLicense((id) => findLicenseById(store, id))
  const limits = createRateLimits({
    perLicense: deps.config.validationsPerLicense,
    missesPerAddress: deps.config.missesPerAddress,
  })
  const findKeyed = createFindKeyed({
    hashTyped: deps.keys.hashTyped,
    findByKeyHash: (hash) => findLicenseByKeyHash(store, hash, clock().getTime()),
    limits,
  })
  const { operatorToken } = deps.config
  const authorize = createAuthorize({ findKey: deps.apiKeys.find, operatorToken })
  const places = createPlaceLicense({ ...deps, topic: deps.activationsTopic })
  const tierNamed = (name: string) => tierOf(headOf(catalog.history()).catalog, name)
  const knowsTier = (tier: string): boolean => tierNamed(tier) !== undefined
  const keyOf = (id: string, version: number): string => deps.keys.issue(id, version).text
  const operate = createOperateLicense({ ...deps, topic: deps.operationsTopic })
  const idempotency = createIdempotency({
    begin: (request) => beginRequest(store, request, clock()),
    keep: (id, answer) => keepAnswer(store, id, answer),
    release: (id) => releaseRequest(store, id),
    sealed: deps.sealed,
    newId: deps.newId,
  })
  registerValidation(server, { ...deps, find, findKeyed, limits, authorize, idempotency })
  licenseRoute(server, {
    find,
    findAt: async (id, at) => (await findLicenseVersionAt(store, id, at))?.license ?? null,
    authorize,
    clock,
  })
  operationsRoute(server, {
    find,
    operate,
    inTurn: (id, work) => inLicenseTurn(store, id, deps.newId(), work),
    isFolded: (id) => isFolded(store, id),
    untilFolded: (id) => untilFolded(store, id),
    keyOf,
    knowsTier,
    authorize,
    idempotency,
    clock,
  })
  listLicensesRoute(server, {
    list: (filter, page) => listLicenses(store, filter, page),
    authorize,
    clock,
  })
  sessionLicensesRoute(server, {
    findOfSession: (scopes, session) => findLicensesOfSession(store, scopes, session),
    sessions: createAwaitSession(MOST_WAITING),
    keyOf,
    authorize,
    clock,
  })
  createLicenseRoute(server, {
    create: createCreateLicense({ ...deps, operate, tierOf: tierNamed }),
    keyOf,
    authorize,
    idempotency,
    clock,
  })
  explainRoute(server, {
    find,
    versionsOf: (id) => findLicenseVersions(store, id),
    versionAt: (id, at) => findLicenseVersionAt(store, id, at),
    eventsOf: (ledger, until) => findLedgerEvents(store, ledger, until, MOST_FACTS),
    authorize,
    clock,
  })
  reviewsRoute(server, {
    list: (state, livemode, limit) => listReviews(store, state, livemode, limit),
    find: (id) => findReview(store, id),
    dismiss: createDismissReview({ ...deps, topic: deps.operationsTopic }),
    isDismissed: (id) => isFolded(store, id),
    map: (mapping) => mapPrice(catalog, mapping),
    retry: async (ledger) => {
      await (await deps.refold([ledger], [])).published
    },
    knowsTier,
    authorize,
    idempotency,
  })
  activateRoute(server, { findKeyed, places, identifyActivation, clock })
  activationsRoute(server, { find, places, identifyActivation, authorize, idempotency, clock })
  registerCatalogRoutes(server, { ...deps, authorize, idempotency })
  apiKeysRoute(server, { apiKeys: deps.apiKeys, authorize, idempotency })
  refuseOtherMethods()
}
