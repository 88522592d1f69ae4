import { LicenseExplanation, LicenseHistoryResponse } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { LedgerEvent } from '../adapters/mongo-ledger-events.ts'
import type { LicenseVersion } from '../adapters/mongo-license-history.ts'
import type { LedgerFact } from '../domain/ledger-fact.ts'
import { summarize } from '../domain/license.ts'
import { timeOf } from '../domain/own-time.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { FindLicense } from './find-license.ts'
import { routeSchema } from './route-schema.ts'

export interface ExplainRouteDeps {
  readonly find: FindLicense
  readonly versionsOf: (licenseId: string) => Promise<readonly LicenseVersion[]>
  readonly versionAt: (licenseId: string, at: Date) => Promise<LicenseVersion | null>
  readonly eventsOf: (ledger: string, until: Date) => Promise<readonly LedgerEvent[]>
  readonly authorize: Authorize
  readonly clock: () => Date
}

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const At = Type.Object(
  { at: Type.Optional(Type.String({ format: 'date-time' })) },
  { additionalProperties: false },
)

/** Support's first question, "why is it what it is?", now or at any past instant (`?at=`), answered from the log. */
export const explainRoute = (server: FastifyInstance, deps: ExplainRouteDeps): void => {
  const scope = 'licenses:read'
  const onRequest = deps.authorize(scope)

  server.get<{ Params: { id: string } }>(
    '/api/v1/licenses/:id/history',
    {
      onRequest,
      schema: routeSchema({
        id: 'getLicenseHistory',
        summary: 'Every change of a license, with what caused it',
        tag: 'Licenses',
        scope,
        params: Params,
        answers: { 200: LicenseHistoryResponse },
        problems: ['license-not-found'],
      }),
    },
    async (request) => {
      const license = await deps.find(request.params.id, principalOf(request))
      const versions = await deps.versionsOf(license.id)
      return { versions: versions.map((version) => toVersion(version, seconds(version.at))) }
    },
  )

  server.get<{ Params: { id: string }; Querystring: { at?: string } }>(
    '/api/v1/licenses/:id/explain',
    {
      onRequest,
      schema: routeSchema({
        id: 'explainLicense',
        summary:
          'Which facts, places in the log and signatures make a license what it is, now or at an instant',
        tag: 'Licenses',
        scope,
        params: Params,
        query: At,
        answers: { 200: LicenseExplanation },
        problems: ['license-not-found'],
      }),
    },
    async (request) => {
      const license = await deps.find(request.params.id, principalOf(request))
      const at = request.query.at === undefined ? deps.clock() : new Date(request.query.at)
      const version = await deps.versionAt(license.id, at)
      if (version === null)
        throw new ProblemError('license-not-found', 'The license was not known at that time.')
      const events = await deps.eventsOf(license.ledger, at)
      return {
        at: at.toISOString(),
        license: toVersion(version, seconds(at)),
        axes: version.license.axes,
        catalog: { price_version: version.license.pin.price, tier_version: version.license.pin.tier },
        price: version.license.price,
        facts: events.map(toFact),
      }
    },
  )
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

const toVersion = ({ version, at, type, cause, license }: LicenseVersion, asOf: number) => ({
  version,
  since: at.toISOString(),
  type,
  cause,
  state: summarize(license, timeOf(license, asOf)),
})

/** With the record's place in the log and Stripe's signature over its bytes, anybody can check the claim. */
const toFact = (event: LedgerEvent) => ({
  event_id: event.id,
  type: event.type,
  origin: event.origin,
  signature: event.signature,
  proof: event.signature !== null ? 'signed_webhook' : event.isFromApi ? 'stripe_api' : 'keyflow',
  folded_at: event.foldedAt.toISOString(),
  says: event.facts.map((fact) => ({ kind: fact.kind, state: withoutLink(fact) })),
})

/** Who may read licenses may not open the page on which their owner pays. */
const withoutLink = (fact: LedgerFact): LedgerFact['state'] =>
  fact.kind === 'overlay' && fact.state.notice?.says
    ? {
        ...fact.state,
        notice: { ...fact.state.notice, says: { ...fact.state.notice.says, updatePaymentUrl: null } },
      }
    : fact.state
