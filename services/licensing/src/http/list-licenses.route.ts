import { LicenseListResponse, ListLicensesQuery } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import type { LicenseFilter, Position, Range } from '../adapters/mongo-license-list.ts'
import { searchedMode } from '../domain/api-key.ts'
import type { License } from '../domain/license.ts'
import { type Authorize, principalOf } from './authorize.ts'
import { toResponse } from './license-view.ts'
import { routeSchema } from './route-schema.ts'

export interface ListLicensesRouteDeps {
  readonly list: (
    filter: LicenseFilter,
    page: { readonly after: Position | null; readonly limit: number; readonly at: number },
  ) => Promise<readonly License[]>
  readonly authorize: Authorize
  readonly clock: () => Date
}

/** `GET /api/v1/licenses`, page by page: what is added meanwhile moves no license from one page to another. */
export const listLicensesRoute = (server: FastifyInstance, deps: ListLicensesRouteDeps): void => {
  const scope = 'licenses:read'
  server.get<{ Querystring: ListLicensesQuery }>(
    '/api/v1/licenses',
    {
      onRequest: deps.authorize(scope),
      schema: routeSchema({
        id: 'listLicenses',
        summary: 'Licenses that meet all conditions, newest first',
        tag: 'Licenses',
        scope,
        query: ListLicensesQuery,
        answers: { 200: LicenseListResponse },
      }),
    },
    async (request) => {
      const { query } = request
      const limit = Number(query.limit ?? '20')
      const at = Math.floor(deps.clock().getTime() / 1000)
      const after = query.cursor === undefined ? null : readCursor(query.cursor)
      const livemode = searchedMode(principalOf(request))
      const found = await deps.list(toFilter(query, livemode), { after, limit: limit + 1, at })
      const licenses = found.slice(0, limit)
      const last = found.length > limit ? licenses.at(-1) : undefined
      return {
        licenses: licenses.map((license) => toResponse(license, at)),
        next_cursor: last === undefined ? null : writeCursor(last),
      }
    },
  )
}

const toFilter = (query: ListLicensesQuery, livemode: boolean | null): LicenseFilter => ({
  livemode,
  ...(query.status === undefined ? {} : { status: query.status }),
  ...(query.tier === undefined ? {} : { tier: query.tier }),
  ...(query.product_id === undefined ? {} : { productId: query.product_id }),
  ...(query.customer === undefined ? {} : { customer: query.customer }),
  ...(query.subscription === undefined ? {} : { subscription: query.subscription }),
  ...(query.source === undefined ? {} : { source: query.source }),
  created: toRange(query.created_from, query.created_before),
  updated: toRange(query.updated_from, query.updated_before),
  ...(query.metadata === undefined ? {} : { note: toNote(query.metadata) }),
})

const toRange = (from: string | undefined, before: string | undefined): Range => ({
  ...(from === undefined ? {} : { from: Date.parse(from) }),
  ...(before === undefined ? {} : { before: Date.parse(before) }),
})

const toNote = (text: string): { readonly key: string; readonly value: string } => {
  const at = text.indexOf(':')
  return { key: text.slice(0, at), value: text.slice(at + 1) }
}

const writeCursor = ({ createdAt, id }: License): string =>
  Buffer.from(JSON.stringify([createdAt, id])).toString('base64url')

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Throws `invalid-request` for anything that is no cursor of ours. */
const readCursor = (text: string): Position => {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(value) && Number.isSafeInteger(value[0]) && UUID.test(String(value[1])))
      return { createdAt: value[0], id: String(value[1]) }
  } catch {
    // Falls through to the one answer for whatever is wrong with it.
  }
  throw new ProblemError('invalid-request', undefined, {
    errors: [{ in: 'querystring', pointer: '/cursor', detail: 'must be the next_cursor of a page' }],
  })
}
