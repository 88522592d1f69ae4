import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Hook for operator routes: 403 while no token is configured, 401 for a wrong one; compared in constant time. */
export const requireBearer = (token: string) => {
  const expected = digest(token)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (token === '') throw reply.forbidden('Operator routes are closed: OPERATOR_TOKEN is not set.')
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined || !timingSafeEqual(digest(given), expected))
      throw reply.unauthorized('The bearer token is missing or wrong.')
  }
}
