import { HeartbeatResponse, KeyedActivationRequest } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { type Activations, type Place, standingOf } from '../domain/activations.ts'
import { rulesOf } from '../domain/judged-license.ts'
import type { FindKeyed } from './find-keyed.ts'
import { placeFrom } from './place.ts'
import { routeSchema } from './route-schema.ts'

export interface HeartbeatRouteDeps {
  readonly findKeyed: FindKeyed
  readonly findPlaces: (licenseId: string) => Promise<Activations | null>
  readonly write: (licenseId: string, place: Place, at: Date) => Promise<void>
  readonly clock: () => Date
}

/** A sign of life of an activation, for tiers that ask for them (`heartbeat_minutes`). */
export const heartbeatRoute = (server: FastifyInstance, deps: HeartbeatRouteDeps): void => {
  server.post<{ Body: KeyedActivationRequest }>(
    '/api/v1/licenses/heartbeat',
    {
      schema: routeSchema({
        id: 'sendHeartbeat',
        summary: 'Tell that the place that asks is still in use',
        tag: 'Activations',
        body: KeyedActivationRequest,
        answers: { 200: HeartbeatResponse },
        problems: ['license-not-found', 'activation-not-found', 'rate-limited'],
      }),
    },
    async (request, reply): Promise<HeartbeatResponse> => {
      const place = placeFrom(request.body)
      const license = await deps.findKeyed(request, reply, request.body.key, place)
      const places = await deps.findPlaces(license.id)
      const standing = places === null ? null : standingOf(places, place)
      if (standing === null)
        throw new ProblemError('activation-not-found', 'The license is not activated for this place.')
      await deps.write(license.id, place, deps.clock())
      return { next_within_seconds: rulesOf(license).heartbeatSeconds }
    },
  )
}
