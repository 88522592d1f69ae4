import type { World } from '../events/world.ts'
import type { JsonObject } from '../json.ts'
import type { SnapshotRecord } from '../store/kinds.ts'
import type { Page } from './pages.ts'
import type { Params } from './params.ts'

/** One call of the API, decoded. */
export interface Call {
  /** Query and body together. */
  readonly params: Params
  /** The part of the path after the resource: `/v1/customers/:id`. */
  readonly id: string
  readonly world: World
}

/** A record is rendered in the caller's API version and expanded as asked; JSON is answered as it is. */
export type Answer =
  | { readonly record: SnapshotRecord }
  | { readonly page: Page }
  | { readonly json: JsonObject }

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Synchronous, so that one request is one unit of work. */
  readonly handle: (call: Call) => Answer
}
