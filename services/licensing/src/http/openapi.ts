import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { PROBLEMS, type ProblemName, problemType } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'

/**
 * `/openapi.json` (OpenAPI 3.1, from the schemas that requests and answers are checked by), `/docs` to browse it, and a
 * page for each type of problem. To be registered before the routes: they are collected as they come.
 */
export const registerOpenApi = async (server: FastifyInstance): Promise<void> => {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Keyflow license API',
        version: '1',
        description:
          'Errors are problems (RFC 9457) of stable types. Times are ISO 8601 in UTC. Writes take an Idempotency-Key.',
      },
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key: kf_live_…, kf_test_…, kf_all_…',
          },
        },
      },
    },
  })
  await server.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger())
  server.get<{ Params: { name: string } }>(
    '/problems/:name',
    { schema: { hide: true } },
    async ({ params: { name } }) => {
      if (!isProblem(name)) throw new ProblemError('not-found', 'No problem has this type.')
      return { type: problemType(name), ...PROBLEMS[name] }
    },
  )
}

const isProblem = (name: string): name is ProblemName => Object.hasOwn(PROBLEMS, name)
