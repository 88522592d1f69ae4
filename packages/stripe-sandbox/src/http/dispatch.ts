import type { Clock } from '../clock.ts'
import { type Cause, openWorld } from '../events/world.ts'
import type { JsonObject } from '../json.ts'
import type { EventRecord } from '../objects/event.ts'
import { render } from '../render/render.ts'
import { type Shape, shapeOf } from '../render/versions.ts'
import type { Store } from '../store/store.ts'
import { expand } from './expand.ts'
import type { FormObject } from './form-body.ts'
import { createIdempotency } from './idempotency.ts'
import { listBody } from './pages.ts'
import { readParams } from './params.ts'
import type { Answer, Route } from './route.ts'
import { errorBody, StripeError } from './stripe-error.ts'

export interface RawCall {
  readonly id: string
  readonly form: FormObject
  /** Method and URL: part of what an idempotency key stands for. */
  readonly url: string
  readonly requestId: string
  readonly version: string
  readonly idempotencyKey: string | null
}

export interface Reply {
  readonly status: number
  readonly body: JsonObject
  readonly replayed: boolean
}

export type Dispatch = (route: Route, call: RawCall) => Reply

interface DispatchParts {
  readonly store: Store
  readonly clock: Clock
  /** Keeps the events and plans their deliveries, inside the same unit of work. */
  readonly record: (events: readonly EventRecord[]) => readonly EventRecord[]
  /** Called after the commit. */
  readonly announce: (events: readonly EventRecord[]) => void
}

const bodyOf = (store: Store, answer: Answer, shape: Shape, expansions: readonly string[]): JsonObject => {
  if ('json' in answer) return answer.json
  const body =
    'record' in answer
      ? render(answer.record, shape)
      : listBody(
          answer.page.data.map((record) => render(record, shape)),
          answer.page,
        )
  return expansions.length === 0 ? body : expand(store, shape, body, expansions)
}

/** What the buyer or time itself does is no request of the account: its events name none. */
const causeOf = (route: Route, call: RawCall): Cause =>
  route.path.startsWith('/v1/sandbox/') || route.path.startsWith('/v1/payment_pages/')
    ? { request: null, idempotency_key: null }
    : { request: call.requestId, idempotency_key: call.idempotencyKey }

/** Runs handlers: one request, one unit of work, committed as a whole or not at all. */
export const createDispatch = ({ store, clock, record, announce }: DispatchParts): Dispatch => {
  const idempotency = createIdempotency()

  const run = (route: Route, call: RawCall): Reply => {
    const world = openWorld(store, clock, causeOf(route, call))
    const params = readParams(call.form)
    const finish = (): void => {
      const events = record(world.emitted())
      store.commit()
      announce(events)
    }
    try {
      const answer = route.handle({ params, id: call.id, world })
      const body = bodyOf(store, answer, shapeOf(call.version), params.texts('expand') ?? [])
      finish()
      return { status: 200, body, replayed: false }
    } catch (error) {
      if (!(error instanceof StripeError)) {
        store.rollback()
        throw error
      }
      if (error.fields.keepsChanges === true) finish()
      else store.rollback()
      return { status: error.fields.status, body: errorBody(error.fields), replayed: false }
    }
  }

  return (route, call) => {
    const key = call.idempotencyKey
    if (key === null) return run(route, call)
    const request = `${call.url} ${JSON.stringify(call.form)}`
    const earlier = idempotency.recall(key, request)
    if (earlier !== undefined) return { ...earlier, replayed: true }
    const reply = run(route, call)
    // A refused request had no effect and may be corrected under the same key.
    if (reply.status === 200 || reply.status === 402) idempotency.remember(key, request, reply)
    return reply
  }
}
