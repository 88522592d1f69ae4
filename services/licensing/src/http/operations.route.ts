import {
  AcceptedResponse,
  type LicenseAction,
  LicenseResponse,
  MOST_METADATA,
  OperateLicenseRequest,
  PatchLicenseRequest,
  RotatedKeyResponse,
  RotateKeyRequest,
} from '@keyflow/contracts'
import { type FastifyInstance, KeyflowError, ProblemError } from '@keyflow/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Turn } from '../adapters/mongo-license-turns.ts'
import type { License } from '../domain/license.ts'
import { type Operated, type OperateLicense, subjectOf } from '../workers/operate-license.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { FindLicense } from './find-license.ts'
import type { Idempotency } from './idempotency.ts'
import { toResponse } from './license-view.ts'
import { etagOf, requireMatch } from './preconditions.ts'
import { routeSchema } from './route-schema.ts'

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })

export interface OperationsRouteDeps {
  readonly find: FindLicense
  readonly operate: OperateLicense
  /** Writers of one license work one after the other. */
  readonly inTurn: <R>(licenseId: string, work: (turn: Turn) => Promise<R>) => Promise<R>
  readonly isFolded: (decision: string) => Promise<boolean>
  /** Resolves with false when the decision is not folded within a while. */
  readonly untilFolded: (decision: string) => Promise<boolean>
  readonly keyOf: (licenseId: string, keyVersion: number) => string
  readonly knowsTier: (tier: string) => boolean
  readonly authorize: Authorize
  readonly idempotency: Idempotency
  readonly clock: () => Date
}

interface Asked<B> {
  Params: { id: string }
  Body: B
}
type Audit = { readonly actor?: string; readonly reason?: string }

const VERBS = {
  suspend: 'Put a license on hold',
  reinstate: "Lift an operator's hold; what billing says holds again",
  revoke: 'Revoke a license for ever',
} as const

const WEEK_SECONDS = 7 * 86_400

/**
 * What may be decided about a license: `suspend` and `reinstate` pair up, `revoke` is final, `PATCH` overrides limits and
 * notes, `rotate-key` replaces the key. Each decision is a record of the log.
 */
export const operationsRoute = (server: FastifyInstance, deps: OperationsRouteDeps): void => {
  const scope = 'licenses:write'
  const onRequest = deps.authorize(scope)
  const about = (id: string, summary: string) =>
    ({ id, summary, tag: 'Licenses', scope, params: Params }) as const

  /** Decides on the license as it is now; `action` may look at it, and refuse by throwing a problem. */
  const decide = async (
    request: FastifyRequest<Asked<Audit>>,
    action: (license: License) => LicenseAction,
  ): Promise<Operated & { readonly id: string }> => {
    const principal = principalOf(request)
    const { id } = await deps.find(request.params.id, principal)
    const { actor = principal.id, reason = 'by the API' } = request.body
    return deps.inTurn(id, async (turn) => {
      const operationId = deps.idempotency.operationIdOf(request)
      const ifMatch = request.headers['if-match']
      if (ifMatch !== undefined) await requireFolded(turn)
      const license = await deps.find(id, principal)
      // A request that is worked on again has changed the version itself.
      if (ifMatch !== undefined && !(await deps.isFolded(operationId))) requireMatch(ifMatch, license)
      const decision = { id: operationId, actor, reason, action: action(license) }
      await turn.begin(operationId)
      const operated = await deps.operate(subjectOf(license), decision)
      if (operated.kind === 'done') turn.settle()
      return { ...operated, id }
    })
  }

  /** As long as an accepted decision is not folded, the version that a writer read says nothing. */
  const requireFolded = async ({ pending, settle }: Turn): Promise<void> => {
    if (pending === null) return
    if (!(await deps.untilFolded(pending)))
      throw new KeyflowError('transient', 'DECISION_PENDING', 'an earlier decision is not folded yet')
    settle()
  }

  const answer = (reply: FastifyReply, operated: Operated & { readonly id: string }) =>
    operated.kind === 'accepted'
      ? accepted(reply, operated.id)
      : reply
          .header('etag', etagOf(operated.license))
          .send(toResponse(operated.license, Math.floor(deps.clock().getTime() / 1000)))

  for (const kind of ['suspend', 'reinstate', 'revoke'] as const)
    server.post<Asked<OperateLicenseRequest>>(
      `/api/v1/licenses/:id/${kind}`,
      {
        onRequest,
        ...deps.idempotency.hooks,
        schema: routeSchema({
          ...about(`${kind}License`, VERBS[kind]),
          body: OperateLicenseRequest,
          answers: { 200: LicenseResponse, 202: AcceptedResponse },
          problems: ['license-not-found'],
          writes: 'conditional',
        }),
      },
      async (request, reply) => answer(reply, await decide(request, () => ({ kind }))),
    )

  server.patch<Asked<PatchLicenseRequest>>(
    '/api/v1/licenses/:id',
    {
      onRequest,
      ...deps.idempotency.hooks,
      schema: routeSchema({
        ...about('updateLicense', 'Override what the catalog grants (null goes back to it), and keep notes'),
        body: PatchLicenseRequest,
        answers: { 200: LicenseResponse, 202: AcceptedResponse },
        problems: ['license-not-found', 'unknown-tier', 'unprocessable'],
        writes: 'conditional',
      }),
    },
    async (request, reply) => {
      const { tier, max_domains: maxDomains, features, metadata } = request.body
      if (typeof tier === 'string' && !deps.knowsTier(tier)) throw new ProblemError('unknown-tier')
      const operated = await decide(request, (license) => {
        requireRoom({ ...license.metadata, ...metadata })
        return {
          kind: 'limits',
          ...(tier === undefined ? {} : { tier }),
          ...(maxDomains === undefined ? {} : { maxDomains }),
          ...(features === undefined ? {} : { features }),
          ...(metadata === undefined ? {} : { metadata }),
        }
      })
      return answer(reply, operated)
    },
  )

  server.post<Asked<RotateKeyRequest>>(
    '/api/v1/licenses/:id/rotate-key',
    {
      onRequest,
      ...deps.idempotency.hooks,
      schema: routeSchema({
        ...about('rotateLicenseKey', 'Give a license a new key; the present one goes on working for a while'),
        body: RotateKeyRequest,
        answers: { 200: RotatedKeyResponse, 202: AcceptedResponse },
        problems: ['license-not-found', 'conflict'],
        writes: 'conditional',
      }),
    },
    async (request, reply) => {
      const { overlap_seconds: overlapSeconds = WEEK_SECONDS, notify = true } = request.body
      const operated = await decide(request, (license) => {
        if (license.issuedAt === null) throw new ProblemError('conflict', 'The license has no key yet.')
        return { kind: 'rotate_key', overlapSeconds, quiet: !notify }
      })
      if (operated.kind === 'accepted') return accepted(reply, operated.id)
      const { license } = operated
      const overlapEndsAt = license.keyring?.retired.at(-1)?.overlapEndsAt ?? 0
      return reply.header('etag', etagOf(license)).send({
        ...toResponse(license, Math.floor(deps.clock().getTime() / 1000)),
        key: deps.keyOf(license.id, license.keyVersion),
        overlap_ends_at: new Date(overlapEndsAt).toISOString(),
      })
    },
  )
}

const requireRoom = (metadata: Readonly<Record<string, string | null>>): void => {
  if (Object.values(metadata).filter((value) => value !== null).length > MOST_METADATA)
    throw new ProblemError('unprocessable', `A license keeps at most ${MOST_METADATA} notes.`)
}

/** It is in the log, and will hold; where to look for it. */
export const accepted = (reply: FastifyReply, id: string): FastifyReply =>
  reply.status(202).header('location', `/api/v1/licenses/${id}`).send({ accepted: true, id })
