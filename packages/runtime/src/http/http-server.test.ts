import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { KeyflowError } from '../errors/classify.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createHttpServer, type FastifyInstance, type HttpServerOptions } from './http-server.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
let server: FastifyInstance | undefined

const start = async (options: HttpServerOptions['options'] = {}): Promise<FastifyInstance> => {
  server = await createHttpServer({ logger, options })
  return server
}

afterEach(() => server?.close())

describe('the HTTP server', () => {
  it.each([
    [
      'bad input of ours to know',
      new KeyflowError('invalid', 'BAD', 'no such plan'),
      400,
      'no such plan',
      'invalid-request',
    ],
    ['an outage', new KeyflowError('transient', 'DOWN', 'mongodb is away'), 503, undefined, 'unavailable'],
    ['a bug', new TypeError('cannot read x'), 500, undefined, 'internal-error'],
  ])(
    'answers a problem for %s, and tells only what the client may know',
    async (_, error, status, detail, name) => {
      const http = await start()
      http.get('/', async () => {
        throw error
      })
      const response = await http.inject('/')
      expect(response.statusCode).toBe(status)
      expect(response.headers['content-type']).toContain('application/problem+json')
      expect(response.json()).toMatchObject({ status, type: `/problems/${name}` })
      expect(response.json().detail).toBe(detail)
      expect(response.headers['retry-after']).toBe(status === 503 ? '5' : undefined)
    },
  )

  it('lets nobody keep an answer, unless its route says so', async () => {
    const http = await start()
    http.get('/license', async () => ({ key: 'KF-1' }))
    http.get('/keyset', async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=60')
      return {}
    })
    for (const path of ['/license', '/nowhere'])
      expect((await http.inject(path)).headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
    expect((await http.inject('/keyset')).headers['cache-control']).toBe('public, max-age=60')
  })

  it('answers a problem for an unknown path', async () => {
    const response = await (await start()).inject('/nowhere')
    expect(response.json()).toMatchObject({ status: 404, type: '/problems/unknown-route' })
  })

  it('answers a problem for a path that cannot be read', async () => {
    const response = await (await start()).inject('/%zz')
    expect(response.headers['content-type']).toContain('application/problem+json')
    expect(response.json()).toMatchObject({ status: 400, type: '/problems/invalid-request' })
  })

  it('says where a body is not as documented, and not what was in it', async () => {
    const http = await start()
    const body = {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', maxLength: 3 } },
    }
    http.post('/', { schema: { body } }, async () => ({}))
    const response = await http.inject({ method: 'POST', url: '/', payload: { name: 'a-secret' } })
    expect(response.json()).toMatchObject({
      status: 400,
      type: '/problems/invalid-request',
      errors: [{ in: 'body', pointer: '/name' }],
    })
    expect(response.body).not.toContain('a-secret')
  })

  it.each([
    ['of another media type', { 'content-type': 'text/xml' }, '<a/>', 415, 'unsupported-media-type'],
    ['that is no JSON', { 'content-type': 'application/json' }, '{"key": KF-SECRET', 400, 'invalid-request'],
    [
      'that is too large',
      { 'content-type': 'application/json' },
      `"${'x'.repeat(99_000)}"`,
      413,
      'body-too-large',
    ],
  ])('answers a problem for a body %s', async (_, headers, payload, status, name) => {
    const http = await start()
    http.post('/', async () => ({}))
    const response = await http.inject({ method: 'POST', url: '/', headers, payload })
    expect(response.json()).toMatchObject({ status, type: `/problems/${name}` })
    expect(response.body).not.toContain('SECRET')
  })

  it('answers a problem for what is no HTTP', async () => {
    const http = await start()
    await http.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((http.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('HELO there\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*invalid-request/s)
    await once(socket, 'close')
  })

  it('gives up on a body that does not come to its end in time', async () => {
    const limits = { headersTimeout: 100, connectionsCheckingInterval: 50 }
    const http = await start({ requestTimeout: 150, http: limits })
    http.post('/', async () => ({ read: true }))
    await http.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((http.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"slow',
    )
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /)
    await once(socket, 'close')
  })
})
