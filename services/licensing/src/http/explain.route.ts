import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { LedgerEvent } from '../adapters/mongo-ledger-events.ts'
import type { LicenseVersion } from '../adapters/mongo-license-history.ts'
import { type License, summarize } from '../domain/license.ts'

export interface ExplainRouteDeps {
  readonly findById: (id: string) => Promise<License | null>
  readonly versionsOf: (licenseId: string) => Promise<readonly LicenseVersion[]>
  readonly versionAt: (licenseId: string, at: Date) => Promise<LicenseVersion | null>
  readonly eventsOf: (ledger: string, until: Date) => Promise<readonly LedgerEvent[]>
  readonly operatorToken: string
  readonly clock: () => Date
}

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const At = Type.Object({ at: Type.Optional(Type.String({ format: 'date-time' })) })

/** Support's first question, "why is it what it is?", now or at any past instant (`?at=`), answered from the log. */
export const explainRoute = (server: FastifyInstance, deps: ExplainRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)

  server.get<{ Params: { id: string } }>(
    '/api/v1/licenses/:id/history',
    { onRequest, schema: { params: Params } },
    async (request) => {
      const versions = await deps.versionsOf(request.params.id)
      if (versions.length === 0) throw server.httpErrors.notFound('No license has this id.')
      return { versions: versions.map((version) => toVersion(version, seconds(version.at))) }
    },
  )

  server.get<{ Params: { id: string }; Querystring: { at?: string } }>(
    '/api/v1/licenses/:id/explain',
    { onRequest, schema: { params: Params, querystring: At } },
    async (request) => {
      const at = request.query.at === undefined ? deps.clock() : new Date(request.query.at)
      const version = await deps.versionAt(request.params.id, at)
      const license = await deps.findById(request.params.id)
      if (version === null || license === null)
        throw server.httpErrors.notFound('The license was not known at that time.')
      const events = await deps.eventsOf(license.ledger, at)
      return {
        at: at.toISOString(),
        license: toVersion(version, seconds(at)),
        axes: version.license.axes,
        catalog_version: version.license.catalogVersion,
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
  state: summarize(license, asOf),
})

/** With the record's place in the log and Stripe's signature over its bytes, anybody can check the claim. */
const toFact = (event: LedgerEvent) => ({
  event_id: event.id,
  type: event.type,
  origin: event.origin,
  signature: event.signature,
  folded_at: event.foldedAt.toISOString(),
  says: event.facts.map((fact) => ({ kind: fact.kind, state: fact.state })),
})
