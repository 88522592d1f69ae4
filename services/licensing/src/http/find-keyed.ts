import { ProblemError } from '@keyflow/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RateLimits } from '../adapters/rate-limits.ts'
import type { Place } from '../domain/activations.ts'
import type { License } from '../domain/license.ts'

export interface FindKeyedDeps {
  readonly hashTyped: (typed: string) => string
  readonly findByKeyHash: (hash: string) => Promise<License | null>
  readonly limits: RateLimits
}

/** The license of a key that an application shows. Asking too often, and guessing, are limited as for validation. */
export type FindKeyed = (
  request: FastifyRequest,
  reply: FastifyReply,
  typedKey: string,
  place: Place,
) => Promise<License>

export const createFindKeyed =
  ({ hashTyped, findByKeyHash, limits }: FindKeyedDeps): FindKeyed =>
  async (request, reply, typedKey, place) => {
    const hash = hashTyped(typedKey)
    const wait = await limits.wait(request.ip, `${hash} ${place.value}`)
    if (wait !== null) {
      reply.header('retry-after', String(wait))
      throw new ProblemError('rate-limited', 'This is asked too often: wait as long as Retry-After says.')
    }
    const license = await findByKeyHash(hash)
    if (license !== null) return license
    await limits.missed(request.ip)
    throw new ProblemError('license-not-found', 'No license has this key.')
  }
