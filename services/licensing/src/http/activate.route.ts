import { ActivatedResponse, DeactivatedResponse, KeyedActivationRequest } from '@keyflow/contracts'
import type { FastifyInstance } from '@keyflow/runtime'
import { limitOf } from '../domain/activations.ts'
import type { PlaceLicense } from '../workers/place-license.ts'
import { type IdentifyActivation, toActivated } from './activation-view.ts'
import { limitReached } from './activations.route.ts'
import type { FindKeyed } from './find-keyed.ts'
import { placeFrom, requireInUse } from './place.ts'
import { routeSchema } from './route-schema.ts'

export interface ActivateRouteDeps {
  readonly findKeyed: FindKeyed
  readonly places: PlaceLicense
  readonly identifyActivation: IdentifyActivation
  readonly clock: () => Date
}

/** An application activates itself: the license key is the secret, no API key is needed. */
export const activateRoute = (server: FastifyInstance, deps: ActivateRouteDeps): void => {
  server.post<{ Body: KeyedActivationRequest }>(
    '/api/v1/licenses/activate',
    {
      schema: routeSchema({
        id: 'activate',
        summary:
          'Activate a license key for the domain or the machine that asks; asking again changes nothing',
        tag: 'Activations',
        body: KeyedActivationRequest,
        answers: { 200: ActivatedResponse },
        problems: ['license-not-found', 'license-not-usable', 'activation-limit-reached', 'rate-limited'],
      }),
    },
    async (request, reply) => {
      const place = placeFrom(request.body)
      const license = await deps.findKeyed(request, reply, request.body.key, place)
      requireInUse(license, Math.floor(deps.clock().getTime() / 1000))
      const added = await deps.places.add(license, place, limitOf(license, place.kind))
      if (added.kind === 'full') throw limitReached(added)
      return toActivated(license, added, deps.identifyActivation)
    },
  )

  server.post<{ Body: KeyedActivationRequest }>(
    '/api/v1/licenses/deactivate',
    {
      schema: routeSchema({
        id: 'deactivate',
        summary: 'Give up the place that asks; it is free for another at once',
        tag: 'Activations',
        body: KeyedActivationRequest,
        answers: { 200: DeactivatedResponse },
        problems: ['license-not-found', 'rate-limited'],
      }),
    },
    async (request, reply) => {
      const place = placeFrom(request.body)
      const license = await deps.findKeyed(request, reply, request.body.key, place)
      return { removed: await deps.places.remove(license, place) }
    },
  )
}
