import { ActivatedResponse, DeactivatedResponse, KeyedActivationRequest } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { limitOf } from '../domain/activations.ts'
import type { License } from '../domain/license.ts'
import type { PlaceLicense } from '../workers/place-license.ts'
import { type IdentifyActivation, toActivated } from './activation-view.ts'
import { limitReached } from './activations.route.ts'
import { placeFrom, requireInUse } from './place.ts'
import { routeSchema } from './route-schema.ts'

export interface ActivateRouteDeps {
  readonly findByTypedKey: (typed: string) => Promise<License | null>
  readonly places: PlaceLicense
  readonly identifyActivation: IdentifyActivation
  readonly clock: () => Date
}

/** An application activates itself: the license key is the secret, no API key is needed. */
export const activateRoute = (server: FastifyInstance, deps: ActivateRouteDeps): void => {
  const find = async (key: string): Promise<License> => {
    const license = await deps.findByTypedKey(key)
    if (license === null) throw new ProblemError('license-not-found', 'No license has this key.')
    return license
  }

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
        problems: ['license-not-found', 'license-not-usable', 'activation-limit-reached'],
      }),
    },
    async (request) => {
      const place = placeFrom(request.body)
      const license = await find(request.body.key)
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
        problems: ['license-not-found'],
      }),
    },
    async (request) => {
      const place = placeFrom(request.body)
      return { removed: await deps.places.remove(await find(request.body.key), place) }
    },
  )
}
