import type { FastifyInstance, Store } from '@keyflow/runtime'
import { enqueue, findDelivery, listDeliveries, redeliver } from './adapters/mongo-deliveries.ts'
import { listEndpoints } from './adapters/mongo-endpoints.ts'
import { secretText } from './adapters/webhook-signature.ts'
import type { Endpoint } from './domain/endpoint.ts'
import { readEndpointUrl } from './domain/endpoint-url.ts'
import { testPayload } from './domain/event-payload.ts'
import { deliveriesRoute } from './http/deliveries.route.ts'
import { endpointsRoute } from './http/endpoints.route.ts'
import { mirrorRoute } from './http/mirror.route.ts'
import { toDelivery } from './workers/apply-records.ts'
import type { ChangeEndpoint } from './workers/change-endpoint.ts'
import type { CheckMirror } from './workers/check-mirror.ts'

export interface RoutesDeps {
  readonly operatorToken: string
  readonly store: Store
  readonly endpoints: ChangeEndpoint
  readonly checkMirror: CheckMirror | null
  readonly allowHttp: boolean
  readonly maxEndpoints: number
  readonly wake: (lanes: readonly string[]) => void
  readonly clock: () => Date
  readonly newId: () => string
}

/** Puts the operators' API together. */
export const registerRoutes = (server: FastifyInstance, deps: RoutesDeps): void => {
  const { store, clock, operatorToken } = deps
  const waking = async (lane: string, done: Promise<number>): Promise<number> => {
    const count = await done
    if (count > 0) deps.wake([lane])
    return count
  }
  const sendTest = async (endpoint: Endpoint): Promise<string> => {
    const now = clock()
    const id = `test_${deps.newId()}`
    const event = testPayload(id, endpoint.livemode ?? false, now.getTime(), now.toISOString())
    await enqueue({ store, now }, [toDelivery(endpoint, event, 1, 0)])
    deps.wake([endpoint.id])
    return id
  }
  endpointsRoute(server, {
    operatorToken,
    endpoints: deps.endpoints,
    list: () => listEndpoints(store),
    maxEndpoints: deps.maxEndpoints,
    readUrl: (text) => readEndpointUrl(text, deps.allowHttp),
    secretText,
    clock,
  })
  mirrorRoute(server, { operatorToken, check: deps.checkMirror })
  deliveriesRoute(server, {
    operatorToken,
    endpoint: deps.endpoints.existing,
    list: (lane, state, limit) =>
      listDeliveries(store, { lane, ...(state === undefined ? {} : { state }) }, limit),
    find: (id) => findDelivery(store, id),
    redeliverOne: (id) => waking(id.split('/')[0] ?? '', redeliver(store, { _id: id })),
    redeliverSince: (lane, since, all) =>
      waking(
        lane,
        redeliver(store, {
          lane,
          createdAt: { $gte: since },
          ...(all ? {} : { state: 'failed' as const }),
        }),
      ),
    sendTest,
  })
}
