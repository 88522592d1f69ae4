import {
  ApiKeyListResponse,
  ApiKeyResponse,
  CreateApiKeyRequest,
  CreatedApiKeyResponse,
} from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import { type ApiKey, mayGrant } from '../domain/api-key.ts'
import type { ApiKeys } from '../workers/api-keys.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { Idempotency } from './idempotency.ts'
import { routeSchema } from './route-schema.ts'

export interface ApiKeysRouteDeps {
  readonly apiKeys: Pick<ApiKeys, 'create' | 'list' | 'revoke'>
  readonly authorize: Authorize
  readonly idempotency: Idempotency
}

const Params = Type.Object({ id: Type.String({ pattern: '^key_[a-z0-9-]{1,60}$' }) })

/** API keys are made, listed and revoked by whoever has `keys:manage`; never with more rights than their maker. */
export const apiKeysRoute = (
  server: FastifyInstance,
  { apiKeys, authorize, idempotency }: ApiKeysRouteDeps,
): void => {
  const scope = 'keys:manage'
  const tag = 'API keys'
  const onRequest = authorize(scope)

  server.post<{ Body: CreateApiKeyRequest }>(
    '/api/v1/api-keys',
    {
      onRequest,
      ...idempotency.hooks,
      schema: routeSchema({
        id: 'createApiKey',
        summary: 'Make an API key; the answer shows it, and nothing does again',
        tag,
        scope,
        body: CreateApiKeyRequest,
        answers: { 201: CreatedApiKeyResponse },
        writes: 'plain',
      }),
    },
    async (request, reply) => {
      const { name, scopes, mode, expires_at: expires } = request.body
      const maker = principalOf(request)
      if (!mayGrant(maker, { scopes, mode }))
        throw new ProblemError('forbidden', 'A key cannot be given scopes or a mode that its maker lacks.')
      const expiresAt = expires == null ? null : new Date(expires)
      const id = idempotency.operationIdOf(request).replace('op_', 'key_')
      const { key, text } = await apiKeys.create(id, { name, scopes, mode, expiresAt, createdBy: maker.id })
      return reply.status(201).send({ ...toView(key), key: text })
    },
  )

  server.get(
    '/api/v1/api-keys',
    {
      onRequest,
      schema: routeSchema({
        id: 'listApiKeys',
        summary: 'All API keys, newest first',
        tag,
        scope,
        answers: { 200: ApiKeyListResponse },
      }),
    },
    async (request) => ({ api_keys: (await apiKeys.list(principalOf(request))).map(toView) }),
  )

  server.delete<{ Params: { id: string } }>(
    '/api/v1/api-keys/:id',
    {
      onRequest,
      ...idempotency.hooks,
      schema: routeSchema({
        id: 'revokeApiKey',
        summary: 'Revoke an API key at once and for ever',
        tag,
        scope,
        params: Params,
        answers: { 200: ApiKeyResponse },
        problems: ['api-key-not-found'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const revoked = await apiKeys.revoke(request.params.id, principalOf(request))
      if (revoked === null) throw new ProblemError('api-key-not-found')
      return toView(revoked)
    },
  )
}

const toView = (key: ApiKey): ApiKeyResponse => ({
  id: key.id,
  name: key.name,
  scopes: [...key.scopes],
  mode: key.mode,
  hint: key.hint,
  created_at: key.createdAt.toISOString(),
  created_by: key.createdBy,
  expires_at: key.expiresAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
})
