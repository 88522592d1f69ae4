import type { FastifyInstance } from 'fastify'
import { type LetterFilter, listLetters, redrive } from '../consumer/redrive.ts'
import type { RecordPublisher } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import type { PersonalVault } from '../personal/personal-vault.ts'
import { requireBearer } from './require-bearer.ts'

export interface DeadLettersRouteDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly personal: PersonalVault
  readonly operatorToken: string
  readonly clock: () => Date
}

interface FilterJson {
  readonly ids?: readonly string[]
  readonly code?: string
  readonly reason_contains?: string
  readonly topic?: string
  readonly key?: string
  readonly since?: string
  readonly until?: string
}

interface ListQuery extends FilterJson {
  readonly state?: 'open' | 'redriven'
  /** As text: nothing of a query string is coerced. */
  readonly limit: string
}

interface RedriveBody {
  readonly filter: FilterJson
  readonly limit: number
  readonly dry_run: boolean
  readonly actor: string
  readonly reason: string
}

const TEXT = { type: 'string', minLength: 1 }
const INSTANT = { type: 'string', format: 'date-time' }
const LIMIT = { type: 'integer', minimum: 1, maximum: 5000, default: 500 }
const FILTER = {
  code: TEXT,
  reason_contains: TEXT,
  topic: TEXT,
  key: TEXT,
  since: INSTANT,
  until: INSTANT,
}
const LIST = {
  type: 'object',
  properties: {
    ...FILTER,
    state: { enum: ['open', 'redriven'] },
    limit: { type: 'string', pattern: '^([1-9][0-9]{0,2}|[1-4][0-9]{3}|5000)$', default: '500' },
  },
}
const REDRIVE = {
  type: 'object',
  required: ['filter', 'actor', 'reason'],
  properties: {
    filter: { type: 'object', properties: { ...FILTER, ids: { type: 'array', items: TEXT } } },
    limit: LIMIT,
    dry_run: { type: 'boolean', default: false },
    actor: TEXT,
    reason: TEXT,
  },
}

/**
 * The letters of one service, and the way back for them. Values are never shown: they may be anybody's data. Every
 * consumer has these routes for its operator; they are no part of the API that a service describes (`hide`).
 */
export const deadLettersRoute = (server: FastifyInstance, deps: DeadLettersRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)

  server.get<{ Querystring: ListQuery }>(
    '/api/v1/dead-letters',
    { onRequest, schema: { hide: true, querystring: LIST } },
    async ({ query }) => {
      const { state, limit } = query
      const filter = { ...toFilter(query), ...(state === undefined ? {} : { state }) }
      return { letters: await listLetters(deps.store, filter, Number(limit)) }
    },
  )

  server.post<{ Body: RedriveBody }>(
    '/api/v1/dead-letters/redrive',
    { onRequest, schema: { hide: true, body: REDRIVE } },
    async ({ body, log }) => {
      const { letters, ...counts } = await redrive(deps, {
        filter: toFilter(body.filter),
        limit: body.limit,
        dryRun: body.dry_run,
        actor: body.actor,
        why: body.reason,
      })
      log.info({ ...counts, dry_run: body.dry_run, actor: body.actor }, 'dead_letters.redriven')
      return { ...counts, dry_run: body.dry_run, letters }
    },
  )
}

const toFilter = (json: FilterJson): LetterFilter => ({
  ...(json.ids === undefined ? {} : { ids: json.ids }),
  ...(json.code === undefined ? {} : { code: json.code }),
  ...(json.reason_contains === undefined ? {} : { reason: json.reason_contains }),
  ...(json.topic === undefined ? {} : { topic: json.topic }),
  ...(json.key === undefined ? {} : { key: json.key }),
  ...(json.since === undefined ? {} : { since: new Date(json.since) }),
  ...(json.until === undefined ? {} : { until: new Date(json.until) }),
})
