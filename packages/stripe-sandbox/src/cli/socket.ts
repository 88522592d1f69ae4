import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../clock.ts'
import type { EventRecord } from '../objects/event.ts'
import { webhookFrame } from './frames.ts'

const PROTOCOL = 'stripecli-devproxy-v1'

export const SOCKET_PATH = '/v1/stripecli/websocket'

/** A client that reads nothing is cut off at this many buffered bytes. */
const MAX_BUFFERED = 16_777_216

/** The CLI pings every two seconds; one that was silent for this long is gone. */
const SILENCE_MS = 30_000

export interface CliSocket {
  /** Sends events to every listening CLI, which filters them by itself. */
  readonly announce: (events: readonly EventRecord[]) => void
  readonly stop: () => void
}

/** The CLI reads this message and asks for a new session. */
const refuse = (socket: Duplex): void => {
  const body = JSON.stringify({ error: { message: 'Unknown WebSocket ID.' } })
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** Serves the websocket of `stripe listen` on the API's own port. */
export const attachCliSocket = (
  server: Server,
  clock: Clock,
  secret: string,
  isKnown: (websocketId: string) => boolean,
): CliSocket => {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    maxPayload: MAX_BUFFERED,
  })
  const lastSeen = new WeakMap<WebSocket, number>()

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://sandbox')
    if (pathname !== SOCKET_PATH || !isKnown(String(request.headers['websocket-id']))) {
      refuse(socket)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const seen = (): void => {
        lastSeen.set(client, Date.now())
      }
      seen()
      client.on('ping', seen)
      // Acknowledgements and the answers of the receiver: the CLI shows them, the sandbox has no use for them.
      client.on('message', seen)
      client.on('error', () => client.terminate())
    })
  }
  const sweep = setInterval(() => {
    for (const client of sockets.clients)
      if (Date.now() - (lastSeen.get(client) ?? 0) > SILENCE_MS) client.terminate()
  }, SILENCE_MS)
  server.on('upgrade', upgrade)

  return {
    announce: (events) => {
      if (sockets.clients.size === 0) return
      const at = Math.floor(clock.now() / 1000)
      for (const event of events) {
        const frame = webhookFrame(event, secret, at)
        for (const client of sockets.clients) {
          if (client.bufferedAmount > MAX_BUFFERED) client.terminate()
          else client.send(frame)
        }
      }
    },
    stop: () => {
      clearInterval(sweep)
      server.off('upgrade', upgrade)
      for (const client of sockets.clients) client.terminate()
      sockets.close()
    },
  }
}
