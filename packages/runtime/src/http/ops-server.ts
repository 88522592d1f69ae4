import Fastify, { type FastifyInstance } from 'fastify'
import type { Registry } from '../telemetry/metrics.ts'

export interface Health {
  /** The loop turns: false restarts the process. */
  readonly live: () => boolean
  /** May take work: false takes it out of rotation. Named checks, all must hold. */
  readonly ready: () => Promise<Readonly<Record<string, boolean>>> | Readonly<Record<string, boolean>>
  /** What is not as this service made it, for `keyflow doctor`; sentences for a person. */
  readonly problems?: () => Promise<readonly string[]>
}

/** Metrics and health on a port of their own, so that the public one shows neither. */
export const createOpsServer = (options: {
  readonly registry: Registry
  readonly health: Health
}): FastifyInstance => {
  const server = Fastify({ logger: false, requestTimeout: 5000 })
  server.get('/healthz', async (_request, reply) => {
    const live = options.health.live()
    return reply.status(live ? 200 : 503).send({ live })
  })
  server.get('/readyz', async (_request, reply) => {
    const checks = await options.health.ready()
    const ready = Object.values(checks).every(Boolean)
    return reply.status(ready ? 200 : 503).send({ ready, checks })
  })
  server.get('/selfcheck', async () => ({ problems: (await options.health.problems?.()) ?? [] }))
  server.get('/metrics', async (_request, reply) =>
    reply.type(options.registry.contentType).send(await options.registry.metrics()),
  )
  return server
}
