import { Readable } from 'node:stream'
import {
  type CatalogContent,
  type CatalogRecord,
  type ExistingLicenses,
  lintCatalog,
} from '@keyflow/contracts'
import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { CatalogChange, Published } from '../workers/catalog-log.ts'
import type { PreviewLine } from '../workers/preview-catalog.ts'
import { CATALOG_BODY_BYTES } from './catalog.route.ts'
import { toVersionView } from './catalog-view.ts'

export interface CatalogChangeRouteDeps {
  readonly records: () => readonly CatalogRecord[]
  readonly publish: (change: CatalogChange, parent: number) => Promise<Published>
  readonly preview: (
    candidate: Pick<CatalogChange, 'content' | 'existing'>,
    signal: AbortSignal,
  ) => AsyncGenerator<PreviewLine>
  readonly operatorToken: string
}

const KeepOrFollow = Type.Union([Type.Literal('keep'), Type.Literal('follow')])
const Candidate = {
  /** The catalog as in its file; looked at by its own check, which names all problems. */
  content: Type.Optional(Type.Object({})),
  /** Instead of a content: an earlier version's. */
  rollback_to: Type.Optional(Type.Integer({ minimum: 1 })),
  existing_licenses: Type.Optional(
    Type.Object(
      { prices: Type.Optional(KeepOrFollow), tiers: Type.Optional(KeepOrFollow) },
      { additionalProperties: false },
    ),
  ),
}
const Preview = Type.Object(Candidate, { additionalProperties: false })
const Apply = Type.Object(
  {
    ...Candidate,
    /** The version that was looked at: another one in force by now is a conflict. */
    parent: Type.Integer({ minimum: 1 }),
    source: Type.Optional(Type.Union([Type.Literal('file'), Type.Literal('api')])),
    actor: Type.String({ minLength: 1, maxLength: 200 }),
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  { additionalProperties: false },
)

/** Looks ahead (`preview`, a stream of JSON lines over all licenses) and makes a new version in force. */
export const catalogChangeRoute = (server: FastifyInstance, deps: CatalogChangeRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)

  const candidateOf = (body: Static<typeof Preview>) => {
    const { rollback_to: version } = body
    if ((version === undefined) === (body.content === undefined))
      throw server.httpErrors.badRequest('Give either content or rollback_to.')
    if (version === undefined) {
      const content = checked(body.content)
      return { content, existing: withDefaults(body.existing_licenses ?? content.existing_licenses, 'keep') }
    }
    const record = deps.records()[version - 1]
    if (record === undefined) throw server.httpErrors.notFound('The catalog has no such version.')
    // To bring an old catalog back is to bring back what it granted.
    return { content: record.content, existing: withDefaults(body.existing_licenses, 'follow') }
  }
  const checked = (content: unknown): CatalogContent => {
    const linted = lintCatalog(content)
    if (linted.ok) return linted.content
    throw server.httpErrors.unprocessableEntity(
      linted.problems
        .filter(({ severity }) => severity === 'error')
        .map(({ path, message }) => `${path.join('.') || 'the catalog'} ${message}`)
        .join('; '),
    )
  }

  server.post<{ Body: Static<typeof Preview> }>(
    '/api/v1/catalog/preview',
    { onRequest, bodyLimit: CATALOG_BODY_BYTES, schema: { body: Preview } },
    async (request, reply) => {
      const gone = new AbortController()
      request.raw.socket.once('close', () => gone.abort())
      const lines = deps.preview(candidateOf(request.body), gone.signal)
      return reply.type('application/x-ndjson').send(Readable.from(asText(lines)))
    },
  )

  server.post<{ Body: Static<typeof Apply> }>(
    '/api/v1/catalog/versions',
    { onRequest, bodyLimit: CATALOG_BODY_BYTES, schema: { body: Apply } },
    async (request, reply) => {
      const { parent, source = 'api', actor, reason, rollback_to: restores = null } = request.body
      const published = await deps.publish(
        {
          ...candidateOf(request.body),
          source: restores === null ? source : 'rollback',
          restores,
          actor,
          reason,
        },
        parent,
      )
      if (published.kind === 'conflict')
        throw server.httpErrors.conflict(
          `Version ${published.head} is in force, not ${parent}: look at what has changed, and preview again.`,
        )
      if (published.kind === 'accepted') return reply.status(202).send({ accepted: true })
      return reply.status(201).send(toVersionView(published.record))
    },
  )
}

const withDefaults = (
  { prices, tiers }: ExistingLicenses = {},
  otherwise: 'keep' | 'follow',
): CatalogRecord['existing'] => ({ prices: prices ?? otherwise, tiers: tiers ?? 'follow' })

async function* asText(lines: AsyncGenerator<PreviewLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`
}
