import {
  ActivatedResponse,
  ActivationListResponse,
  ActivationRequest,
  DeactivatedResponse,
} from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import { type Activation, limitOf } from '../domain/activations.ts'
import type { License } from '../domain/license.ts'
import type { PlaceLicense } from '../workers/place-license.ts'
import { type IdentifyActivation, toActivated, toActivationList } from './activation-view.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { FindLicense } from './find-license.ts'
import type { Idempotency } from './idempotency.ts'
import { placeFrom, requireInUse } from './place.ts'
import { routeSchema } from './route-schema.ts'

export interface ActivationsRouteDeps {
  readonly find: FindLicense
  readonly places: PlaceLicense
  readonly identifyActivation: IdentifyActivation
  readonly authorize: Authorize
  readonly idempotency: Idempotency
  readonly clock: () => Date
}

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const OneParams = Type.Object({
  id: Type.String({ format: 'uuid' }),
  activationId: Type.String({ pattern: '^act_[A-Za-z0-9_-]{22}$' }),
})
const PATH = '/api/v1/licenses/:id/activations'

/** The seller's view of where a license is used. */
export const activationsRoute = (server: FastifyInstance, deps: ActivationsRouteDeps): void => {
  const { find, places, identifyActivation: identify } = deps
  const tag = 'Activations'

  server.get<{ Params: { id: string } }>(
    PATH,
    {
      onRequest: deps.authorize('licenses:read'),
      schema: routeSchema({
        id: 'listActivations',
        summary: 'Where a license is used, in the order of activation',
        tag,
        scope: 'licenses:read',
        params: Params,
        answers: { 200: ActivationListResponse },
        problems: ['license-not-found'],
      }),
    },
    async (request) => {
      const license = await find(request.params.id, principalOf(request))
      return toActivationList(license, await places.list(license.id), identify)
    },
  )

  server.post<{ Params: { id: string }; Body: ActivationRequest }>(
    PATH,
    {
      onRequest: deps.authorize('activations:write'),
      ...deps.idempotency.hooks,
      schema: routeSchema({
        id: 'addActivation',
        summary:
          'Activate a license for a domain (also a wildcard) or a machine; adding it again changes nothing',
        tag,
        scope: 'activations:write',
        params: Params,
        body: ActivationRequest,
        answers: { 200: ActivatedResponse },
        problems: ['license-not-found', 'license-not-usable', 'activation-limit-reached'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const license = await find(request.params.id, principalOf(request))
      const place = placeFrom(request.body, { wildcard: true })
      requireInUse(license, seconds(deps.clock()))
      const added = await places.add(license, place, limitOf(license, place.kind))
      if (added.kind === 'full') throw limitReached(added)
      return toActivated(license, added, identify)
    },
  )

  server.delete<{ Params: { id: string; activationId: string } }>(
    `${PATH}/:activationId`,
    {
      onRequest: deps.authorize('activations:write'),
      ...deps.idempotency.hooks,
      schema: routeSchema({
        id: 'removeActivation',
        summary: 'Give up a place; it is free for another at once',
        tag,
        scope: 'activations:write',
        params: OneParams,
        answers: { 200: DeactivatedResponse },
        problems: ['license-not-found'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const { id, activationId } = request.params
      const license = await find(id, principalOf(request))
      const known = await findPlace(places, license, activationId, identify)
      return { removed: known === undefined ? false : await places.remove(license, known) }
    },
  )
}

const findPlace = async (
  places: PlaceLicense,
  license: License,
  activationId: string,
  identify: IdentifyActivation,
): Promise<Activation | undefined> =>
  (await places.list(license.id)).places.find((one) => identify(license.id, one) === activationId)

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

export const limitReached = ({
  limit,
  used,
}: {
  readonly limit: number
  readonly used: number
}): ProblemError =>
  new ProblemError('activation-limit-reached', `The license is used at ${used} places and allows ${limit}.`, {
    limit,
    used,
  })
