import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { KafkaOptions } from '@keyflow/runtime'

const PRODUCE = 0

/** Calls back with each whole frame of a Kafka stream: four bytes of length, then the frame. */
const onFrames = (onFrame: (frame: Buffer) => void) => {
  let held = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk])
    while (held.length >= 4) {
      const end = 4 + held.readInt32BE(0)
      if (held.length < end) return
      onFrame(held.subarray(0, end))
      held = held.subarray(end)
    }
  }
}

export interface SwallowingProxy {
  /** Leads every connection of a Kafka client through the proxy, whatever broker it asks for. */
  readonly socketFactory: NonNullable<KafkaOptions['socketFactory']>
  /** Produce responses that the broker sent and the client never saw. */
  readonly swallowed: () => number
  readonly close: () => void
}

/**
 * Stands between a Kafka client and its broker, knows frames, and swallows the responses of chosen Produce requests: the
 * records are in the log and the client cannot know it. The only test that finds a producer that loses what it acknowledged.
 */
export const startSwallowingProxy = async (
  swallow: (nthProduce: number) => boolean,
): Promise<SwallowingProxy> => {
  let produced = 0
  let swallowed = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const doomed = new Set<number>()
    let broker: Socket | undefined
    const toBroker = onFrames((frame) => {
      if (frame.readInt16BE(4) === PRODUCE) {
        produced += 1
        if (swallow(produced)) doomed.add(frame.readInt32BE(8))
      }
      broker?.write(frame)
    })
    const toClient = onFrames((frame) => {
      if (doomed.delete(frame.readInt32BE(4))) swallowed += 1
      else client.write(frame)
    })
    client.once('data', (hello: Buffer) => {
      // The first line names the broker; what follows is Kafka's.
      const end = hello.indexOf(10)
      const [host = '', port = ''] = hello.subarray(0, end).toString().split(' ')
      const upstream = connect(Number(port), host)
      broker = upstream
      sockets.add(upstream)
      upstream.on('data', toClient)
      toBroker(hello.subarray(end + 1))
      client.on('data', toBroker)
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
      client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
    })
    sockets.add(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: proxyPort } = server.address() as AddressInfo
  return {
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect(proxyPort, '127.0.0.1', () => {
        socket.write(`${host} ${port}\n`)
        onConnect()
      })
      return socket
    },
    swallowed: () => swallowed,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
