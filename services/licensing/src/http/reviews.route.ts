import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { PriceMapping } from '../adapters/mongo-price-mappings.ts'
import { REVIEW_STATES, type ReviewEntry, type ReviewState } from '../adapters/mongo-reviews.ts'

export interface ReviewsRouteDeps {
  readonly list: (state: ReviewState, limit: number) => Promise<readonly ReviewEntry[]>
  readonly find: (id: string) => Promise<ReviewEntry | null>
  readonly dismiss: (id: string, by: { readonly actor: string; readonly reason: string }) => Promise<boolean>
  readonly map: (mapping: PriceMapping) => Promise<void>
  readonly rederive: (ledger: string) => Promise<void>
  readonly knowsTier: (tier: string) => boolean
  readonly operatorToken: string
}

const Audit = {
  actor: Type.String({ minLength: 1, maxLength: 200 }),
  reason: Type.String({ minLength: 1, maxLength: 1000 }),
}
const Dismiss = Type.Object(Audit, { additionalProperties: false })
const MapPrice = Type.Object(
  {
    ...Audit,
    tier: Type.String({ maxLength: 100 }),
    product_id: Type.String({ minLength: 1, maxLength: 128 }),
    validity_days: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
  },
  { additionalProperties: false },
)
const Params = Type.Object({ id: Type.String({ maxLength: 300 }) })
const Query = Type.Object({
  state: Type.Optional(Type.Union(REVIEW_STATES.map((state) => Type.Literal(state)))),
  limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$' })),
})

/** What could not become a license: look at it, retry it, say what its price sells, or dismiss it with a reason. */
export const reviewsRoute = (server: FastifyInstance, deps: ReviewsRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)
  const reread = async (id: string) => {
    const entry = await deps.find(id)
    if (entry === null) throw server.httpErrors.notFound('No review has this id.')
    return toView(entry)
  }

  server.get<{ Querystring: { state?: ReviewState; limit?: string } }>(
    '/api/v1/reviews',
    { onRequest, schema: { querystring: Query } },
    async (request) => ({
      reviews: (await deps.list(request.query.state ?? 'open', Number(request.query.limit ?? '100'))).map(
        toView,
      ),
    }),
  )

  server.post<{ Params: { id: string } }>(
    '/api/v1/reviews/:id/retry',
    { onRequest, schema: { params: Params } },
    async (request) => {
      const entry = await deps.find(request.params.id)
      if (entry !== null) await deps.rederive(entry.ledger)
      return reread(request.params.id)
    },
  )

  server.post<{ Params: { id: string }; Body: Static<typeof Dismiss> }>(
    '/api/v1/reviews/:id/dismiss',
    { onRequest, schema: { params: Params, body: Dismiss } },
    async (request) => {
      const entry = await reread(request.params.id)
      if (!(await deps.dismiss(entry.id, request.body)))
        throw server.httpErrors.conflict('The review is not open.')
      return reread(entry.id)
    },
  )

  server.post<{ Params: { id: string }; Body: Static<typeof MapPrice> }>(
    '/api/v1/reviews/:id/map',
    { onRequest, schema: { params: Params, body: MapPrice } },
    async (request) => {
      const { actor, reason, tier, product_id: productId, validity_days: validityDays = null } = request.body
      const entry = await reread(request.params.id)
      if (entry.price === null) throw server.httpErrors.conflict('The review is not about a price.')
      if (!deps.knowsTier(tier)) throw server.httpErrors.unprocessableEntity('The catalog has no such tier.')
      await deps.map({ price: entry.price, tier, productId, validityDays, actor, reason })
      return reread(entry.id)
    },
  )
}

const toView = (entry: ReviewEntry) => ({
  id: entry.id,
  state: entry.state,
  reason: entry.reason,
  livemode: entry.livemode,
  account: entry.account,
  customer: entry.customer,
  subjects: entry.subjects,
  price: entry.price,
  at_risk: entry.atRisk,
  opened_at: entry.openedAt.toISOString(),
  resolved_at: entry.resolvedAt?.toISOString() ?? null,
  dismissal: entry.dismissal,
})
