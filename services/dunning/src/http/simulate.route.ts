import { type FastifyInstance, ProblemError, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { Simulated } from '../workers/simulate-policies.ts'

export interface SimulateRouteOptions {
  readonly operatorToken: string
  readonly simulate: (ask: SimulationAsked) => Promise<Simulated>
}

const Body = Type.Object(
  {
    /** YAML or JSON of a file of policies; absent = the policies that hold now. */
    policies: Type.Optional(Type.String({ minLength: 1, maxLength: 200_000 })),
    /** Cases that opened before this are left out. */
    since: Type.Optional(Type.String({ format: 'date-time' })),
    /** How far into the future open cases are played; absent = to the end of their timeline. */
    until: Type.Optional(Type.String({ format: 'date-time' })),
    mode: Type.Optional(Type.Enum(['live', 'test'])),
    /** Most acts that are listed one by one; they are all counted. */
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 5000 })),
  },
  { additionalProperties: false },
)
export type SimulationAsked = Static<typeof Body>

/** `POST /api/v1/simulate`: who would have been mailed, downgraded or suspended, and when. Changes nothing. */
export const simulateRoute = (server: FastifyInstance, options: SimulateRouteOptions): void => {
  server.post<{ Body: SimulationAsked }>(
    '/api/v1/simulate',
    {
      onRequest: requireBearer(options.operatorToken),
      bodyLimit: 256 * 1024,
      schema: { body: Body },
    },
    async ({ body }) => {
      const simulated = await options.simulate(body)
      if (simulated.kind === 'invalid_policies')
        throw new ProblemError('unprocessable', 'The policies have errors.', { findings: simulated.findings })
      const { kind: _, ...answer } = simulated
      return answer
    },
  )
}
