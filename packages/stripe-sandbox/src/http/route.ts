import type { World } from '../events/world.ts'
import type { JsonObject } from '../json.ts'
import type { SnapshotRecord } from '../store/kinds.ts'
import type { Store } from '../store/store.ts'
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

/** What a browser gets: a page, or the way to another. */
export type PageAnswer = { readonly status: number; readonly html: string } | { readonly redirect: string }

/** A page for customers: its address is all that it takes to open it. */
export interface PageRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Id of the object whose customer's time it is on; null when there is none. */
  readonly subject: (store: Store, id: string) => string | null
  readonly show: (call: Call) => PageAnswer
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Synchronous, so that one request is one unit of work. */
  readonly handle: (call: Call) => Answer
}
