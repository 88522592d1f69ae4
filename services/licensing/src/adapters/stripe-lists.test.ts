import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createStripeAccess } from '@keyflow/runtime/stripe'
import { createExists, createReadPage } from './stripe-lists.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A Stripe that answers as it is told. */
const accessTo = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
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
    requestsPerSecond: 100,
  })
}

const SCOPE = { account: 'platform', livemode: false }
const EVENTS = { path: '/v1/events', query: { delivery_success: 'false' } }

describe('reading lists of Stripe', () => {
  it('gives each entry of a list as the bytes that Stripe sent, and asks for the page behind the last one', async () => {
    const asked: string[] = []
    const access = await accessTo((request, response) => {
      asked.push(request.url ?? '')
      response.setHeader('date', 'Tue, 01 Sep 2026 00:00:00 GMT')
      response.end('{"object":"list","data":[{ "id" : "evt_1","amount":1.50 }],"has_more":true}')
    })
    const page = await createReadPage(access)(SCOPE, EVENTS, 'evt_0')
    expect(page.entries.map(({ text }) => text)).toEqual(['{ "id" : "evt_1","amount":1.50 }'])
    expect(page).toMatchObject({ hasMore: true, askedAt: 1_788_220_800 })
    expect(asked).toEqual(['/v1/events?delivery_success=false&limit=100&starting_after=evt_0'])
  })

  it('tells what Stripe does not know from what it refuses to say', async () => {
    const access = await accessTo((request, response) => {
      response.statusCode = request.url?.endsWith('sub_gone') === true ? 404 : 403
      response.end('{"error":{"type":"invalid_request_error","message":"no"}}')
    })
    const exists = createExists(access)
    expect(await exists(SCOPE, '/v1/subscriptions/sub_gone')).toBe(false)
    await expect(exists(SCOPE, '/v1/subscriptions/sub_1')).rejects.toMatchObject({ code: 'STRIPE_REFUSED' })
  })
})
