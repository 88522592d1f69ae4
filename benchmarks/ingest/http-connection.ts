import { connect } from 'node:net'

/** One keep-alive connection that carries one request at a time; knows as much of HTTP as these servers speak. */
export interface HttpConnection {
  /** Resolves with the status of the response; 0 when the connection broke. */
  readonly send: (request: Buffer, onStatus: (status: number) => void) => void
  readonly close: () => void
}

const statusAndEnd = (text: string): { status: number; length: number } | undefined => {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  const declared = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))
  const length = head + 4 + Number(declared?.[1] ?? 0)
  return text.length < length ? undefined : { status: Number(text.slice(9, 12)), length }
}

export const openConnection = (port: number): Promise<HttpConnection> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let received = ''
    let waiting: ((status: number) => void) | undefined
    const finish = (status: number): void => {
      const tell = waiting
      waiting = undefined
      tell?.(status)
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
      const response = statusAndEnd(received)
      if (response === undefined) return
      received = received.slice(response.length)
      finish(response.status)
    })
    socket.once('connect', () =>
      resolve({
        send: (request, onStatus) => {
          waiting = onStatus
          if (socket.destroyed) finish(0)
          else socket.write(request)
        },
        close: () => socket.destroy(),
      }),
    )
    socket.on('error', (error) => {
      reject(error)
      finish(0)
    })
    socket.on('close', () => finish(0))
  })
