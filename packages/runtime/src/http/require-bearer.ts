import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Whether a text is one of the tokens (comma-separated while they are rotated), compared in constant time: all of them, each
 * time. '' = there is none.
 */
export const createTokenCheck = (tokens: string): ((given: string) => boolean) => {
  const expected = tokens === '' ? [] : tokens.split(',').map(digest)
  return (given) => {
    const asked = digest(given)
    return expected.filter((one) => timingSafeEqual(asked, one)).length > 0
  }
}

/** Hook for operator routes: 403 while no token is configured, 401 for a wrong one. */
export const requireBearer = (tokens: string) => {
  const isOperator = createTokenCheck(tokens)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (tokens === '') throw reply.forbidden('Operator routes are closed: OPERATOR_TOKEN is not set.')
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined || !isOperator(given))
      throw reply.unauthorized('The bearer token is missing or wrong.')
  }
}
