import { type FastifyInstance, ProblemError } from '@keyflow/runtime'

type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT'
const METHODS: readonly Method[] = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT']

/**
 * Tells a method that a path does not know from a path that nobody knows. Collects from when it is called; what it returns
 * closes the collection and is called after the last route.
 */
export const collectMethods = (server: FastifyInstance): (() => void) => {
  const known = new Map<string, Set<string>>()
  let isOpen = true
  server.addHook('onRoute', ({ url, method }) => {
    if (!isOpen || url.includes('*')) return
    const methods = known.get(url) ?? new Set<string>()
    for (const one of [method].flat()) methods.add(one)
    known.set(url, methods)
  })
  return () => {
    isOpen = false
    for (const [url, methods] of known) {
      const method = METHODS.filter((one) => !methods.has(one))
      const allow = [...methods].sort().join(', ')
      server.route({
        method,
        url,
        schema: { hide: true },
        onRequest: async (_request, reply) => {
          reply.header('allow', allow)
          throw new ProblemError('method-not-allowed', `The route knows ${allow}.`)
        },
        handler: async () => undefined,
      })
    }
  }
}
