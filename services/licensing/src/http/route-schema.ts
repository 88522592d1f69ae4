import { type ApiScope, PROBLEMS, Problem, type ProblemName } from '@keyflow/contracts'
import { type TSchema, Type } from 'typebox'

export interface MediaAnswer {
  readonly description: string
  readonly content: Readonly<Record<string, { readonly schema: TSchema }>>
}

export interface RouteDescription {
  readonly id: string
  readonly summary: string
  readonly tag:
    | 'Licenses'
    | 'Activations'
    | 'Validation'
    | 'Reviews'
    | 'Catalog'
    | 'API keys'
    | 'Signing keys'
  /** What the bearer needs; absent = the route needs no API key. */
  readonly scope?: ApiScope
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  /** JSON by schema, or of another media type. */
  readonly answers: Readonly<Record<number, TSchema | MediaAnswer>>
  /** Beyond those that follow from the rest of the description. */
  readonly problems?: readonly ProblemName[]
  /** It takes an Idempotency-Key; `conditional` also takes If-Match. */
  readonly writes?: 'plain' | 'conditional'
}

/** A route's description -> Fastify's schema: what is checked, how answers are written, and what the OpenAPI page says. */
export const routeSchema = (route: RouteDescription) => ({
  operationId: route.id,
  summary: route.summary,
  tags: [route.tag],
  security: route.scope === undefined ? [] : [{ apiKey: [] }],
  ...(route.scope === undefined ? {} : { description: `Scope: \`${route.scope}\`.` }),
  ...(route.params === undefined ? {} : { params: route.params }),
  ...(route.query === undefined ? {} : { querystring: route.query }),
  ...(route.writes === undefined
    ? {}
    : { headers: route.writes === 'plain' ? WriteHeaders : ConditionalHeaders }),
  ...(route.body === undefined ? {} : { body: route.body }),
  response: { ...route.answers, ...problemAnswers(problemsOf(route)) },
})

const IdempotencyKey = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[!-~]+$',
    description: 'A request that is sent again with the same key gets the first answer again, for a day.',
  }),
)
const IfMatch = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'The ETag of the license as it was read: the write fails when it has changed since.',
  }),
)
const WriteHeaders = Type.Object({ 'idempotency-key': IdempotencyKey })
const ConditionalHeaders = Type.Object({ 'idempotency-key': IdempotencyKey, 'if-match': IfMatch })

const WRITE_PROBLEMS = {
  plain: ['request-in-progress', 'idempotency-key-reused'],
  conditional: ['request-in-progress', 'idempotency-key-reused', 'precondition-failed'],
} as const

const problemsOf = (route: RouteDescription): readonly ProblemName[] => [
  'invalid-request',
  ...(route.scope === undefined ? [] : (['unauthorized', 'forbidden'] as const)),
  ...(route.body === undefined ? [] : (['body-too-large', 'unsupported-media-type'] as const)),
  ...(route.writes === undefined ? [] : WRITE_PROBLEMS[route.writes]),
  ...(route.problems ?? []),
  'internal-error',
  'unavailable',
]

const problemAnswers = (names: readonly ProblemName[]) => {
  const byStatus = Map.groupBy(names, (name) => PROBLEMS[name].status)
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((name) => `\`/problems/${name}\`: ${PROBLEMS[name].title}.`).join('\n\n'),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  )
}
