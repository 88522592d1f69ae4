import Fastify from 'fastify'

// The floor: a route of Fastify as it comes that reads the same JSON and answers some.
const server = Fastify()
server.post('/api/v1/licenses/validate', async () => ({ valid: true }))
await server.listen({ host: '127.0.0.1', port: Number(process.env.HTTP_PORT) })
