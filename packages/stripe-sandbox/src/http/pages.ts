import type { JsonObject } from '../json.ts'
import type { SnapshotRecord } from '../store/kinds.ts'
import type { Params } from './params.ts'
import { invalidRequest, missingResource } from './stripe-error.ts'

/** One page of a list; entries are records, or JSON that is already rendered. */
export interface Page<T = SnapshotRecord> {
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly url: string
}

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 100

const limitOf = (params: Params): number => {
  const limit = params.integer('limit') ?? DEFAULT_LIMIT
  if (limit < 1 || limit > MAX_LIMIT)
    throw invalidRequest(`Invalid limit: must be between 1 and ${MAX_LIMIT}`, 'limit')
  return limit
}

const positionOf = (entries: readonly { readonly id: string }[], id: string, param: string): number => {
  const position = entries.findIndex((entry) => entry.id === id)
  if (position < 0) throw missingResource('object', id, param)
  return position
}

/**
 * Cuts one page, newest first, out of entries that are given oldest first. A cursor is a place among all of them: it
 * stays good when its entry no longer matches the filter (an event that was delivered between two pages).
 */
export const paginate = <T extends { readonly id: string }>(
  oldestFirst: readonly T[],
  params: Params,
  url: string,
  matches: (entry: T) => boolean = () => true,
): Page<T> => {
  const entries = oldestFirst.toReversed()
  const limit = limitOf(params)
  const after = params.text('starting_after')
  const before = params.text('ending_before')
  if (after !== undefined && before !== undefined)
    throw invalidRequest('You can only pass one of starting_after and ending_before.')
  if (before !== undefined) {
    const newer = entries.slice(0, positionOf(entries, before, 'ending_before')).filter(matches)
    return { data: newer.slice(Math.max(0, newer.length - limit)), has_more: newer.length > limit, url }
  }
  const start = after === undefined ? 0 : positionOf(entries, after, 'starting_after') + 1
  const older = entries.slice(start).filter(matches)
  return { data: older.slice(0, limit), has_more: older.length > limit, url }
}

/** `created` as Stripe filters it: an exact second or `created[gte]` and its like. Missing means all. */
export const createdFilter = (params: Params): ((created: number) => boolean) => {
  if (!params.has('created')) return () => true
  const range = params.isNested('created') ? params.nested('created') : undefined
  if (range === undefined) {
    const exact = params.integer('created')
    return (created) => created === exact
  }
  const [gt, gte, lt, lte] = ['gt', 'gte', 'lt', 'lte'].map((name) => range.integer(name))
  return (created) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte)
}

/** The JSON of one page. */
export const listBody = (data: readonly JsonObject[], page: Pick<Page, 'has_more' | 'url'>): JsonObject => ({
  object: 'list',
  data,
  has_more: page.has_more,
  url: page.url,
})
