import {
  CatalogLintResponse,
  type CatalogRecord,
  CatalogResponse,
  CatalogVersionList,
  CatalogVersionResponse,
  lintCatalog,
} from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { Authorize } from './authorize.ts'
import { toCatalogView, toVersionView } from './catalog-view.ts'
import { routeSchema } from './route-schema.ts'

export interface CatalogRouteDeps {
  readonly records: () => readonly CatalogRecord[]
  readonly sweepOf: (version: number) => Promise<CatalogVersionResponse['sweep']>
  readonly authorize: Authorize
}

const Params = Type.Object({ version: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) })
const At = Type.Object(
  { at: Type.Optional(Type.String({ format: 'date-time' })) },
  { additionalProperties: false },
)
const scope = 'catalog:read'
const tag = 'Catalog'
export const CATALOG_BODY_BYTES = 1024 * 1024

/** Reads the catalog: what is in force, what was, and what is wrong with one that is not yet. */
export const catalogRoute = (server: FastifyInstance, deps: CatalogRouteDeps): void => {
  const onRequest = deps.authorize(scope)

  server.get<{ Querystring: { at?: string } }>(
    '/api/v1/catalog',
    {
      onRequest,
      schema: routeSchema({
        id: 'getCatalog',
        summary: 'The catalog in force, now or at an instant',
        tag,
        scope,
        query: At,
        answers: { 200: CatalogResponse },
      }),
    },
    async (request) => {
      const at = request.query.at === undefined ? Number.POSITIVE_INFINITY : Date.parse(request.query.at)
      const records = deps.records()
      // The first version was always in force: whatever was sold before it is read by it.
      const record = records.findLast((one) => Date.parse(one.at) <= at) ?? records[0]
      if (record === undefined) throw new ProblemError('unavailable')
      return toCatalogView(record)
    },
  )

  server.get(
    '/api/v1/catalog/versions',
    {
      onRequest,
      schema: routeSchema({
        id: 'listCatalogVersions',
        summary: 'Every version of the catalog, newest first',
        tag,
        scope,
        answers: { 200: CatalogVersionList },
      }),
    },
    async () => ({ versions: deps.records().map(toVersionView).reverse() }),
  )

  server.get<{ Params: { version: string } }>(
    '/api/v1/catalog/versions/:version',
    {
      onRequest,
      schema: routeSchema({
        id: 'getCatalogVersion',
        summary: 'A version of the catalog, and how far licenses have been brought to it',
        tag,
        scope,
        params: Params,
        answers: { 200: CatalogVersionResponse },
        problems: ['not-found'],
      }),
    },
    async (request) => {
      const record = deps.records()[Number(request.params.version) - 1]
      if (record === undefined) throw new ProblemError('not-found', 'The catalog has no such version.')
      return { ...toCatalogView(record), sweep: await deps.sweepOf(record.version) }
    },
  )

  server.post<{ Body: unknown }>(
    '/api/v1/catalog/lint',
    {
      onRequest,
      bodyLimit: CATALOG_BODY_BYTES,
      schema: routeSchema({
        id: 'lintCatalog',
        summary: 'All problems of a catalog at once',
        tag,
        scope,
        body: Type.Unknown(),
        answers: { 200: CatalogLintResponse },
      }),
    },
    async (request) => {
      const { ok, problems } = lintCatalog(request.body)
      return { ok, problems }
    },
  )
}
