import type { RunUnit } from '../events/unit-of-work.ts'
import type { Cause } from '../events/world.ts'
import type { JsonObject } from '../json.ts'
import type { Permission } from '../objects/restricted-key.ts'
import { render } from '../render/render.ts'
import { type Shape, shapeOf } from '../render/versions.ts'
import type { Store } from '../store/store.ts'
import { clockOfCall } from './clock-of-call.ts'
import { expand } from './expand.ts'
import type { FormObject } from './form-body.ts'
import { createIdempotency } from './idempotency.ts'
import { listBody } from './pages.ts'
import { readParams } from './params.ts'
import type { Answer, PageAnswer, PageRoute, Route } from './route.ts'
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

export interface Dispatch {
  readonly call: (route: Route, call: RawCall) => Reply
  /** What a key may do; undefined for one that may do everything. */
  readonly permissionsOf: (key: string) => Readonly<Record<string, Permission>> | undefined
  /** A page that a customer looks at. Errors of the API go through. */
  readonly page: (route: PageRoute, call: Pick<RawCall, 'id' | 'form'>) => PageAnswer
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

/** Runs handlers: one request, one unit of work. */
export const createDispatch = (store: Store, unit: RunUnit): Dispatch => {
  const idempotency = createIdempotency()

  const run = (route: Route, call: RawCall): Reply => {
    const params = readParams(call.form)
    const at = clockOfCall(store, call.id, call.form)?.frozen_time
    try {
      const body = unit(causeOf(route, call), at, (world) => {
        const answer = route.handle({ params, id: call.id, world })
        return bodyOf(store, answer, shapeOf(call.version), params.texts('expand') ?? [])
      })
      return { status: 200, body, replayed: false }
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return { status: error.fields.status, body: errorBody(error.fields), replayed: false }
    }
  }

  return {
    permissionsOf: (key) => store.get('sandbox.restricted_key', key)?.permissions,
    call: (route, call) => {
      const key = call.idempotencyKey
      if (key === null) return run(route, call)
      const request = `${call.url} ${JSON.stringify(call.form)}`
      const earlier = idempotency.recall(key, request)
      if (earlier !== undefined) return { ...earlier, replayed: true }
      const reply = run(route, call)
      // A refused request had no effect and may be corrected under the same key.
      if (reply.status === 200 || reply.status === 402) idempotency.remember(key, request, reply)
      return reply
    },
    page: (route, { id, form }) => {
      const at = clockOfCall(store, route.subject(store, id) ?? '', form)?.frozen_time
      return unit({ request: null, idempotency_key: null }, at, (world) =>
        route.show({ params: readParams(form), id, world }),
      )
    },
  }
}
