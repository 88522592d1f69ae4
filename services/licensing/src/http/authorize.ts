import { API_SCOPES, type ApiScope } from '@keyflow/contracts'
import { createTokenCheck, ProblemError } from '@keyflow/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKey, Principal } from '../domain/api-key.ts'

export interface AuthorizeDeps {
  readonly findKey: (text: string) => Promise<ApiKey | null>
  /** May do everything in both modes; empty = there is none. */
  readonly operatorToken: string
}

/** A hook that lets a request pass when its bearer has the scope. */
export type Authorize = (
  scope: ApiScope,
) => (request: FastifyRequest, reply: FastifyReply) => Promise<undefined>

const OPERATOR: Principal = { id: 'operator', scopes: API_SCOPES, mode: 'all' }

const principals = new WeakMap<FastifyRequest, Principal>()

/** Who was let in. Throws on a route that asks for no scope. */
export const principalOf = (request: FastifyRequest): Principal => {
  const principal = principals.get(request)
  if (principal === undefined) throw new Error('the route asks for no scope')
  return principal
}

/** 401 without a usable key, 403 without the scope. */
export const createAuthorize = ({ findKey, operatorToken }: AuthorizeDeps): Authorize => {
  const isOperator = createTokenCheck(operatorToken)
  return (scope) => async (request, reply) => {
    const text = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const principal = isOperator(text) ? OPERATOR : await findKey(text)
    if (principal === null) {
      reply.header('www-authenticate', 'Bearer')
      throw new ProblemError('unauthorized', 'The bearer token is missing, wrong, expired or revoked.')
    }
    if (!principal.scopes.includes(scope))
      throw new ProblemError('forbidden', `The API key lacks the scope ${scope}.`, { scope })
    principals.set(request, principal)
  }
}
