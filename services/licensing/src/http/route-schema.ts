import { type ApiScope, PROBLEMS, Problem, type ProblemName } from '@keyflow/contracts'
import type { TSchema } from 'typebox'

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
  readonly headers?: TSchema
  readonly body?: TSchema
  readonly answers: Readonly<Record<number, TSchema>>
  /** Beyond those that follow from the rest of the description. */
  readonly problems?: readonly ProblemName[]
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
  ...(route.headers === undefined ? {} : { headers: route.headers }),
  ...(route.body === undefined ? {} : { body: route.body }),
  response: { ...route.answers, ...problemAnswers(problemsOf(route)) },
})

const problemsOf = (route: RouteDescription): readonly ProblemName[] => [
  'invalid-request',
  ...(route.scope === undefined ? [] : (['unauthorized', 'forbidden'] as const)),
  ...(route.body === undefined ? [] : (['body-too-large', 'unsupported-media-type'] as const)),
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
