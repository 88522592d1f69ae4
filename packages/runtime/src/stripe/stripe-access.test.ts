import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { failureCode } from '../errors/classify.ts'
import { createStripeAccess } from './stripe-access.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A Stripe that answers as it is told. */
const accessTo = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  requestsPerSecond = 100,
) => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return createStripeAccess({
    clock: () => new Date(),
    apiKeys: ['sk_test_0123456789'],
    apiBase: `http://127.0.0.1:${port}`,
    requestsPerSecond,
  })
}

const SCOPE = { account: 'platform', livemode: false }
const EVENTS = '/v1/events'

describe('access to Stripe', () => {
  it('gives the very text that Stripe sent, and when by its clock', async () => {
    const access = await accessTo((_, response) => {
      response.setHeader('date', 'Tue, 01 Sep 2026 00:00:00 GMT')
      response.end('{ "id" : "in_1","amount":1.50 }')
    })
    const { answer, text, at } = await access.get(SCOPE, '/v1/invoices/in_1')
    expect(text).toBe('{ "id" : "in_1","amount":1.50 }')
    expect(answer).toMatchObject({ id: 'in_1' })
    expect(at).toBe(1_788_220_800)
  })

  it('asks for a connected account on its behalf', async () => {
    let header: unknown
    const access = await accessTo((request, response) => {
      header = request.headers['stripe-account']
      response.end('{"data":[]}')
    })
    await access.get({ account: 'acct_7', livemode: false }, EVENTS)
    expect(header).toBe('acct_7')
  })

  it('keeps the distance that its rate gives, however many ask at once', async () => {
    const times: number[] = []
    const access = await accessTo((_, response) => {
      times.push(performance.now())
      response.end('{"data":[]}')
    }, 20)
    await Promise.all(Array.from({ length: 6 }, () => access.get(SCOPE, EVENTS)))
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(120)
  })

  it('leaves Stripe alone, for everybody, as long as it says', async () => {
    const times: number[] = []
    const access = await accessTo((_, response) => {
      times.push(performance.now())
      if (times.length === 1) {
        response.writeHead(429, { 'retry-after': '1' })
        return void response.end('{"error":{"type":"invalid_request_error","code":"rate_limit"}}')
      }
      return void response.end('{"data":[]}')
    })
    expect(await access.get(SCOPE, EVENTS).catch(failureCode)).toBe('STRIPE_RATE_LIMIT')
    await access.get(SCOPE, EVENTS)
    const [first = 0, second = 0] = times
    expect(second - first).toBeGreaterThan(950)
  })

  it('asks once more where the connection was closed while it was idle', async () => {
    let requests = 0
    const access = await accessTo((request, response) => {
      requests += 1
      if (requests === 1) request.socket.destroy()
      else response.end('{"id":"in_1"}')
    })
    expect((await access.get(SCOPE, '/v1/invoices/in_1')).text).toBe('{"id":"in_1"}')
    expect(requests).toBe(2)
  })

  it('waits for a key that there is not, and for a Stripe that is away', async () => {
    const access = await accessTo((_, response) => {
      response.statusCode = 500
      response.end('{}')
    })
    const codeOf = (livemode: boolean) =>
      access.get({ account: 'platform', livemode }, EVENTS).catch(failureCode)
    expect(await codeOf(true)).toBe('NO_API_KEY')
    expect(await codeOf(false)).toBe('STRIPE_UNAVAILABLE')
  })
})
