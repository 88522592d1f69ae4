import { PLATFORM_ACCOUNT, type Scope, SessionLicensesResponse } from '@keyflow/contracts'
import type { FastifyInstance } from '@keyflow/runtime'
import { Type } from 'typebox'
import { type Principal, sees } from '../domain/api-key.ts'
import type { License } from '../domain/license.ts'
import type { AwaitSession } from '../workers/await-session.ts'
import { type Authorize, principalOf } from './authorize.ts'
import { toResponse } from './license-view.ts'
import { routeSchema } from './route-schema.ts'

export interface SessionLicensesRouteDeps {
  readonly findOfSession: (scopes: readonly Scope[], session: string) => Promise<readonly License[]>
  readonly sessions: AwaitSession
  readonly keyOf: (licenseId: string, keyVersion: number) => string
  readonly authorize: Authorize
  readonly clock: () => Date
}

const Params = Type.Object({ session: Type.String({ pattern: '^cs_[A-Za-z0-9_]{1,250}$' }) })
const Query = Type.Object(
  {
    wait: Type.Optional(
      Type.String({
        pattern: '^([0-9]|[12][0-9]|30)$',
        description: 'Longest time to wait, 0 to 30 seconds.',
      }),
    ),
    account: Type.Optional(
      Type.String({ pattern: '^acct_[A-Za-z0-9]{1,64}$', description: 'Connected account of the checkout.' }),
    ),
  },
  { additionalProperties: false },
)

/** Read your payment: the thank-you page asks with the checkout session that Stripe sent the buyer back with. */
export const sessionLicensesRoute = (server: FastifyInstance, deps: SessionLicensesRouteDeps): void => {
  const scope = 'licenses:read'
  server.get<{ Params: { session: string }; Querystring: { wait?: string; account?: string } }>(
    '/api/v1/licenses/by-session/:session',
    {
      onRequest: deps.authorize(scope),
      schema: routeSchema({
        id: 'getLicensesOfSession',
        summary: 'The licenses of a checkout session; waits until the payment has become a license',
        tag: 'Licenses',
        scope,
        params: Params,
        query: Query,
        answers: { 200: SessionLicensesResponse },
      }),
    },
    async (request, reply) => {
      const { session } = request.params
      const { wait = '0', account = PLATFORM_ACCOUNT } = request.query
      const principal = principalOf(request)
      const scopes = [true, false]
        .filter((livemode) => sees(principal, livemode))
        .map((livemode) => ({ account, livemode }))
      const licenses = await deps.sessions.until(() => deps.findOfSession(scopes, session), {
        waitMs: Number(wait) * 1000,
        isGone: () => request.raw.socket.destroyed,
      })
      if (licenses.length === 0) reply.header('retry-after', '1')
      const at = Math.floor(deps.clock().getTime() / 1000)
      return {
        checkout_session: session,
        state: licenses.length === 0 ? 'pending' : 'ready',
        licenses: licenses.map((license) => ({
          ...toResponse(license, at),
          ...keyFor(principal, license, deps.keyOf),
        })),
      }
    },
  )
}

const keyFor = (
  principal: Principal,
  { id, keyVersion }: License,
  keyOf: SessionLicensesRouteDeps['keyOf'],
): { readonly key?: string } =>
  principal.scopes.includes('licenses:reveal') ? { key: keyOf(id, keyVersion) } : {}
