import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly path: string
  readonly method: string
}

export interface Receiver {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  /** Of each event how often it came. */
  readonly counts: () => ReadonlyMap<string, number>
  readonly stop: () => Promise<void>
}

type Answer = (response: ServerResponse, received: Received) => void

export const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end('{}')

/** A receiver of webhooks that does with them what it is told. */
export const startReceiver = async (answer: Answer, host = '127.0.0.1'): Promise<Receiver> => {
  const received: Received[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one: Received = {
        id: String(request.headers['webhook-id']),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        path: request.url ?? '',
        method: request.method ?? '',
      }
      received.push(one)
      answer(response, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host}:${port}/hooks`,
    port,
    received,
    counts: () => {
      const counts = new Map<string, number>()
      for (const { id } of received) counts.set(id, (counts.get(id) ?? 0) + 1)
      return counts
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
