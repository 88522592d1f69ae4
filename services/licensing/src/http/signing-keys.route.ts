import {
  EndorseKeysetRequest,
  KeysetResponse,
  RevokeSigningKeyRequest,
  RotateSigningKeyRequest,
  SigningKeyListResponse,
} from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { SigningKey } from '../adapters/mongo-signing-keys.ts'
import type { Rotated, SigningKeys } from '../workers/signing-keys.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { Idempotency } from './idempotency.ts'
import { routeSchema } from './route-schema.ts'

export interface SigningKeysRouteDeps {
  readonly signing: SigningKeys
  readonly authorize: Authorize
  readonly idempotency: Idempotency
}

const Params = Type.Object({ kid: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) })

/** Rotating and revoking the keys that sign leases. */
export const signingKeysRoute = (
  server: FastifyInstance,
  { signing, authorize, idempotency }: SigningKeysRouteDeps,
): void => {
  const scope = 'signing-keys:manage'
  const onRequest = authorize(scope)
  const tag = 'Signing keys'

  server.get(
    '/api/v1/signing-keys',
    {
      onRequest,
      schema: routeSchema({
        id: 'listSigningKeys',
        summary: 'Every key that signs or has signed leases',
        tag,
        scope,
        answers: { 200: SigningKeyListResponse },
      }),
    },
    async () => toList(await signing.list()),
  )

  server.post<{ Body: RotateSigningKeyRequest }>(
    '/api/v1/signing-keys/rotate',
    {
      onRequest,
      ...idempotency.hooks,
      schema: routeSchema({
        id: 'rotateSigningKey',
        summary: 'The next key becomes the active one; leases of the old one go on, unless it is revoked',
        tag,
        scope,
        body: RotateSigningKeyRequest,
        answers: { 200: SigningKeyListResponse },
        problems: ['conflict'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const { actor, reason, from, revoke = false } = request.body
      const decision = {
        id: idempotency.operationIdOf(request),
        actor: actor ?? principalOf(request).id,
        reason,
      }
      return answer(await signing.rotate(decision, { revoke, ...(from === undefined ? {} : { from }) }))
    },
  )

  server.post<{ Params: { kid: string }; Body: RevokeSigningKeyRequest }>(
    '/api/v1/signing-keys/:kid/revoke',
    {
      onRequest,
      ...idempotency.hooks,
      schema: routeSchema({
        id: 'revokeSigningKey',
        summary: 'Leases that a retired key has signed count no more; the active one is revoked by rotating',
        tag,
        scope,
        params: Params,
        body: RevokeSigningKeyRequest,
        answers: { 200: SigningKeyListResponse },
        problems: ['signing-key-not-found'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const { actor, reason } = request.body
      return answer(
        await signing.revoke(request.params.kid, {
          id: idempotency.operationIdOf(request),
          actor: actor ?? principalOf(request).id,
          reason,
        }),
      )
    },
  )

  server.put<{ Body: EndorseKeysetRequest }>(
    '/api/v1/signing-keys/endorsement',
    {
      onRequest,
      ...idempotency.hooks,
      schema: routeSchema({
        id: 'endorseKeyset',
        summary: 'Publishes the keyset as the offline root has signed it',
        tag,
        scope,
        body: EndorseKeysetRequest,
        answers: { 200: KeysetResponse },
        problems: ['unprocessable'],
        writes: 'plain',
      }),
    },
    async (request) => {
      const problem = await signing.endorse(request.body.endorsement)
      if (problem !== null) throw new ProblemError('unprocessable', problem)
      return signing.keyset()
    },
  )
}

const answer = (rotated: Rotated): SigningKeyListResponse => {
  if (rotated.kind === 'not_found')
    throw new ProblemError('signing-key-not-found', 'No retired key has this thumbprint.')
  if (rotated.kind === 'not_active') throw new ProblemError('conflict', 'Another key is active by now.')
  return toList(rotated.keys)
}

const toList = (keys: readonly SigningKey[]): SigningKeyListResponse => ({
  signing_keys: keys.map(({ publicKey, state, createdAt, activatedAt, retiredAt, revokedAt }) => ({
    kid: publicKey.kid,
    status: state,
    created_at: createdAt.toISOString(),
    activated_at: activatedAt?.toISOString() ?? null,
    retired_at: retiredAt?.toISOString() ?? null,
    revoked_at: revokedAt?.toISOString() ?? null,
  })),
})
