import {
  DismissReviewRequest,
  MapPriceRequest,
  oneOf,
  REVIEW_STATES,
  ReviewListResponse,
  ReviewResponse,
} from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { ReviewEntry, ReviewState } from '../adapters/mongo-reviews.ts'
import { type Principal, searchedMode, sees } from '../domain/api-key.ts'
import type { PriceMapping } from '../workers/map-price.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { Idempotency } from './idempotency.ts'
import { routeSchema } from './route-schema.ts'

export interface ReviewsRouteDeps {
  readonly list: (
    state: ReviewState,
    livemode: boolean | null,
    limit: number,
  ) => Promise<readonly ReviewEntry[]>
  readonly find: (id: string) => Promise<ReviewEntry | null>
  /** Resolves with false when it is in the log and not folded yet. */
  readonly dismiss: (
    entry: ReviewEntry,
    by: { readonly id: string; readonly actor: string; readonly reason: string },
  ) => Promise<boolean>
  /** Whether a decision of this id holds already. */
  readonly isDismissed: (id: string) => Promise<boolean>
  /** Makes the mapping part of the catalog; false when others kept changing it. */
  readonly map: (mapping: PriceMapping) => Promise<boolean>
  readonly retry: (ledger: string) => Promise<void>
  readonly knowsTier: (tier: string) => boolean
  readonly authorize: Authorize
  readonly idempotency: Idempotency
}

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 300 }) })
const Query = Type.Object(
  {
    state: Type.Optional(oneOf(REVIEW_STATES)),
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$' })),
  },
  { additionalProperties: false },
)

/** What could not become a license: look at it, retry it, say what its price sells, or dismiss it with a reason. */
export const reviewsRoute = (server: FastifyInstance, deps: ReviewsRouteDeps): void => {
  const read = deps.authorize('reviews:read')
  const write = deps.authorize('reviews:write')
  const find = async (id: string, principal: Principal) => {
    const entry = await deps.find(id)
    if (entry === null || !sees(principal, entry.livemode))
      throw new ProblemError('review-not-found', 'No review has this id.')
    return entry
  }
  const reread = async (id: string, principal: Principal) => toView(await find(id, principal))

  server.get<{ Querystring: { state?: ReviewState; limit?: string } }>(
    '/api/v1/reviews',
    {
      onRequest: read,
      schema: routeSchema({
        id: 'listReviews',
        summary: 'What could not become a license without a person, oldest first',
        tag: 'Reviews',
        scope: 'reviews:read',
        query: Query,
        answers: { 200: ReviewListResponse },
      }),
    },
    async (request) => {
      const { state = 'open', limit = '100' } = request.query
      const entries = await deps.list(state, searchedMode(principalOf(request)), Number(limit))
      return { reviews: entries.map(toView) }
    },
  )

  server.post<{ Params: { id: string } }>(
    '/api/v1/reviews/:id/retry',
    {
      onRequest: write,
      ...deps.idempotency.hooks,
      schema: routeSchema({
        id: 'retryReview',
        summary: 'Derive again what the review is about',
        tag: 'Reviews',
        scope: 'reviews:write',
        params: Params,
        answers: { 200: ReviewResponse },
        problems: ['review-not-found'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const entry = await find(request.params.id, principalOf(request))
      await deps.retry(entry.ledger)
      return reread(entry.id, principalOf(request))
    },
  )

  server.post<{ Params: { id: string }; Body: DismissReviewRequest }>(
    '/api/v1/reviews/:id/dismiss',
    {
      onRequest: write,
      ...deps.idempotency.hooks,
      schema: routeSchema({
        id: 'dismissReview',
        summary: 'Close a review with a reason; it stays closed',
        tag: 'Reviews',
        scope: 'reviews:write',
        params: Params,
        body: DismissReviewRequest,
        answers: { 200: ReviewResponse },
        problems: ['review-not-found', 'conflict'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const principal = principalOf(request)
      const entry = await find(request.params.id, principal)
      const { actor = principal.id, reason } = request.body
      const id = deps.idempotency.operationIdOf(request)
      if (entry.state === 'open') await deps.dismiss(entry, { id, actor, reason })
      else if (!(await deps.isDismissed(id))) throw new ProblemError('conflict', 'The review is not open.')
      return reread(entry.id, principal)
    },
  )

  server.post<{ Params: { id: string }; Body: MapPriceRequest }>(
    '/api/v1/reviews/:id/map',
    {
      onRequest: write,
      ...deps.idempotency.hooks,
      schema: routeSchema({
        id: 'mapReviewedPrice',
        summary: 'Say what the price of a review sells; licenses that wait for it are issued',
        tag: 'Reviews',
        scope: 'reviews:write',
        params: Params,
        body: MapPriceRequest,
        answers: { 200: ReviewResponse },
        problems: ['review-not-found', 'conflict', 'unknown-tier'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const principal = principalOf(request)
      const { actor = principal.id, reason, tier, product_id: productId } = request.body
      const entry = await find(request.params.id, principal)
      if (entry.price === null) throw new ProblemError('conflict', 'The review is not about a price.')
      if (!deps.knowsTier(tier)) throw new ProblemError('unknown-tier')
      const validityDays = request.body.validity_days ?? null
      const sells = {
        tier,
        product: productId,
        ...(validityDays === null ? {} : { validity_days: validityDays }),
      }
      if (!(await deps.map({ price: entry.price, sells, actor, reason })))
        throw new ProblemError('conflict', 'The catalog is being changed by others: try again.')
      await deps.retry(entry.ledger)
      return reread(entry.id, principal)
    },
  )
}

const toView = (entry: ReviewEntry): ReviewResponse => ({
  id: entry.id,
  state: entry.state,
  reason: entry.reason,
  livemode: entry.livemode,
  account: entry.account,
  customer: entry.customer,
  subjects: [...entry.subjects],
  price: entry.price,
  at_risk: { ...entry.atRisk },
  opened_at: entry.openedAt.toISOString(),
  resolved_at: entry.resolvedAt?.toISOString() ?? null,
  dismissal: entry.dismissal,
})
