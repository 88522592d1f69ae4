import { type CatalogRecord, lintCatalog } from '@keyflow/contracts'
import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { CatalogSweep } from '../adapters/mongo-catalog-sweeps.ts'
import { toCatalogView, toSweepView, toVersionView } from './catalog-view.ts'

export interface CatalogRouteDeps {
  readonly records: () => readonly CatalogRecord[]
  readonly sweepOf: (version: number) => Promise<CatalogSweep | null>
  readonly ledgersBehind: (version: number) => Promise<number>
  readonly operatorToken: string
}

const Params = Type.Object({ version: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) })
const At = Type.Object({ at: Type.Optional(Type.String({ format: 'date-time' })) })
export const CATALOG_BODY_BYTES = 1024 * 1024

/** Reads the catalog: what is in force, what was, and what is wrong with one that is not yet. */
export const catalogRoute = (server: FastifyInstance, deps: CatalogRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)

  server.get<{ Querystring: { at?: string } }>(
    '/api/v1/catalog',
    { onRequest, schema: { querystring: At } },
    async (request) => {
      const at = request.query.at === undefined ? Number.POSITIVE_INFINITY : Date.parse(request.query.at)
      const records = deps.records()
      // The first version was always in force: whatever was sold before it is read by it.
      const record = records.findLast((one) => Date.parse(one.at) <= at) ?? records[0]
      if (record === undefined) throw server.httpErrors.serviceUnavailable('No catalog has been read yet.')
      return toCatalogView(record)
    },
  )

  server.get('/api/v1/catalog/versions', { onRequest }, async () => ({
    versions: deps.records().map(toVersionView).reverse(),
  }))

  server.get<{ Params: { version: string } }>(
    '/api/v1/catalog/versions/:version',
    { onRequest, schema: { params: Params } },
    async (request) => {
      const record = deps.records()[Number(request.params.version) - 1]
      if (record === undefined) throw server.httpErrors.notFound('The catalog has no such version.')
      const [sweep, behind] = await Promise.all([
        deps.sweepOf(record.version),
        deps.ledgersBehind(record.version),
      ])
      return { ...toCatalogView(record), sweep: toSweepView(sweep, behind) }
    },
  )

  server.post<{ Body: unknown }>(
    '/api/v1/catalog/lint',
    { onRequest, bodyLimit: CATALOG_BODY_BYTES },
    async (request) => {
      const { ok, problems } = lintCatalog(request.body)
      return { ok, problems }
    },
  )
}
