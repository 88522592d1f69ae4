import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Answers for subscriptions and invoices that a test puts in, or makes when they are asked for; the rest is 404. */
export const startFakeStripe = async (make: (id: string) => object | undefined = () => undefined) => {
  const objects = new Map<string, object>()
  const asked: string[] = []
  let isAway = false
  let latencyMs = 0
  const server = createServer(async (request, response) => {
    const id = new URL(request.url ?? '/', 'http://x').pathname.split('/').at(-1) ?? ''
    asked.push(id)
    await delay(latencyMs)
    const found = objects.get(id) ?? make(id)
    const status = isAway ? 500 : found === undefined ? 404 : 200
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { error: { type: 'invalid_request_error', message: 'unknown' } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put: (object: { readonly id: string }): void => {
      objects.set(object.id, object)
    },
    asked,
    away: (away: boolean): void => {
      isAway = away
    },
    slow: (ms: number): void => {
      latencyMs = ms
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
