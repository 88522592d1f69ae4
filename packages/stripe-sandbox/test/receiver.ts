import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly body: string
  readonly signature: string
  readonly headers: http.IncomingHttpHeaders
}

export const NEVER = 0

export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  /** Resolves when the condition holds for what has arrived; rejects at the deadline. */
  readonly until: (what: string, holds: (received: readonly Received[]) => boolean) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * A webhook receiver for tests. `answer` decides the status of the n-th request, counted from 0;
 * NEVER leaves it without an answer.
 */
export const startReceiver = async (
  answer: (received: Received, index: number) => number = () => 200,
): Promise<Receiver> => {
  const received: Received[] = []
  const listeners = new Set<() => void>()
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { headers } = request
      const entry = { body, signature: String(headers['stripe-signature']), headers }
      received.push(entry)
      const status = answer(entry, received.length - 1)
      if (status !== NEVER) response.writeHead(status).end('{}')
      for (const listener of listeners) listener()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/api/v1/webhooks/stripe`,
    received,
    until: (what, holds) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!holds(received)) return
          clearTimeout(deadline)
          listeners.delete(check)
          resolve()
        }
        const deadline = setTimeout(() => {
          listeners.delete(check)
          const types = received.map(({ body }) => JSON.parse(body).type)
          reject(new Error(`${what}: not seen in 4 s; arrived: ${types.join(', ')}`))
        }, 4_000)
        listeners.add(check)
        check()
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
