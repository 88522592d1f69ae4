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
    ['bad input of ours to know', new KeyflowError('invalid', 'BAD', 'no such plan'), 400, 'no such plan'],
    ['an outage', new KeyflowError('transient', 'DOWN', 'mongodb is away'), 503, undefined],
    ['a bug', new TypeError('cannot read x'), 500, undefined],
  ])(
    'answers a problem for %s, and tells only what the client may know',
    async (_, error, status, detail) => {
      const http = await start()
      http.get('/', async () => {
        throw error
      })
      const response = await http.inject('/')
      expect(response.statusCode).toBe(status)
      expect(response.headers['content-type']).toContain('application/problem+json')
      expect(response.json()).toMatchObject({ status, type: 'about:blank' })
      expect(response.json().detail).toBe(detail)
      expect(response.headers['retry-after']).toBe(status === 503 ? '5' : undefined)
    },
  )

  it('answers a problem for an unknown path', async () => {
    const response = await (await start()).inject('/nowhere')
    expect(response.json()).toMatchObject({ status: 404, title: 'Not found' })
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
