import { Readable } from 'node:stream'
import {
  ApplyCatalogRequest,
  type CatalogContent,
  type CatalogPreviewLine,
  type CatalogRecord,
  CatalogVersionView,
  type ExistingLicenses,
  lintCatalog,
  PreviewCatalogRequest,
} from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { CatalogChange, Published } from '../workers/catalog-log.ts'
import { type Authorize, principalOf } from './authorize.ts'
import { CATALOG_BODY_BYTES } from './catalog.route.ts'
import { toVersionView } from './catalog-view.ts'
import type { Idempotency } from './idempotency.ts'
import { routeSchema } from './route-schema.ts'

export interface CatalogChangeRouteDeps {
  readonly records: () => readonly CatalogRecord[]
  readonly publish: (change: CatalogChange, parent: number, id: string) => Promise<Published>
  readonly preview: (
    candidate: Pick<CatalogChange, 'content' | 'existing'>,
    signal: AbortSignal,
  ) => AsyncGenerator<CatalogPreviewLine>
  readonly authorize: Authorize
  readonly idempotency: Idempotency
}

const tag = 'Catalog'

/** Looks ahead (`preview`, a stream of JSON lines over all licenses) and makes a new version in force. */
export const catalogChangeRoute = (server: FastifyInstance, deps: CatalogChangeRouteDeps): void => {
  server.post<{ Body: PreviewCatalogRequest }>(
    '/api/v1/catalog/preview',
    {
      onRequest: deps.authorize('catalog:read'),
      bodyLimit: CATALOG_BODY_BYTES,
      schema: routeSchema({
        id: 'previewCatalog',
        summary: 'Which licenses a catalog would change, and how: lines of JSON over all of them',
        tag,
        scope: 'catalog:read',
        body: PreviewCatalogRequest,
        answers: {
          200: {
            description: 'A line of JSON for each license that changes, then a summary.',
            content: { 'application/x-ndjson': { schema: Type.Unknown() } },
          },
        },
        problems: ['not-found', 'unprocessable'],
      }),
    },
    async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const lines = deps.preview(candidateOf(request.body, deps.records()), gone.signal)
      return reply.type('application/x-ndjson').send(Readable.from(asText(lines)))
    },
  )

  server.post<{ Body: ApplyCatalogRequest }>(
    '/api/v1/catalog/versions',
    {
      onRequest: deps.authorize('catalog:write'),
      ...deps.idempotency.hooks,
      bodyLimit: CATALOG_BODY_BYTES,
      schema: routeSchema({
        id: 'applyCatalog',
        summary: 'Make a catalog, or an earlier version of it, the one in force',
        tag,
        scope: 'catalog:write',
        body: ApplyCatalogRequest,
        answers: { 201: CatalogVersionView, 202: Type.Object({ accepted: Type.Boolean() }) },
        problems: ['not-found', 'conflict', 'unprocessable'],
        writes: 'plain',
      }),
    },
    async (request, reply) => {
      const { parent, source = 'api', reason, rollback_to: restores = null } = request.body
      const published = await deps.publish(
        {
          ...candidateOf(request.body, deps.records()),
          source: restores === null ? source : 'rollback',
          restores,
          actor: request.body.actor ?? principalOf(request).id,
          reason,
        },
        parent,
        deps.idempotency.operationIdOf(request).replace('op_', 'cat_'),
      )
      if (published.kind === 'conflict')
        throw new ProblemError(
          'conflict',
          `Version ${published.head} is in force, not ${parent}: look at what has changed, and preview again.`,
        )
      if (published.kind === 'accepted') return reply.status(202).send({ accepted: true })
      return reply.status(201).send(toVersionView(published.record))
    },
  )
}

const candidateOf = (
  body: PreviewCatalogRequest,
  records: readonly CatalogRecord[],
): Pick<CatalogChange, 'content' | 'existing'> => {
  const { rollback_to: version } = body
  if ((version === undefined) === (body.content === undefined))
    throw new ProblemError('unprocessable', 'Give either content or rollback_to.')
  if (version === undefined) {
    const content = checked(body.content)
    return { content, existing: withDefaults(body.existing_licenses ?? content.existing_licenses, 'keep') }
  }
  const record = records[version - 1]
  if (record === undefined) throw new ProblemError('not-found', 'The catalog has no such version.')
  // To bring an old catalog back is to bring back what it granted.
  return { content: record.content, existing: withDefaults(body.existing_licenses, 'follow') }
}

const checked = (content: unknown): CatalogContent => {
  const linted = lintCatalog(content)
  if (linted.ok) return linted.content
  throw new ProblemError(
    'unprocessable',
    linted.problems
      .filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => `${path.join('.') || 'the catalog'} ${message}`)
      .join('; '),
  )
}

const withDefaults = (
  given: ExistingLicenses | undefined,
  otherwise: 'keep' | 'follow',
): CatalogRecord['existing'] => ({ prices: given?.prices ?? otherwise, tiers: given?.tiers ?? 'follow' })

async function* asText(lines: AsyncGenerator<CatalogPreviewLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`
}
