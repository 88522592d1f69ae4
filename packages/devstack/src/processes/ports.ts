import { connect, createServer } from 'node:net'
import { setupError } from '../setup-error.ts'

/** True when nothing listens on 127.0.0.1 at that port. */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })

/** True when something accepts connections there. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

// Below the range from which the kernel takes client ports: while a stopped server waits to be started again
// on its port, no outgoing connection can take it (nor a retrying client connect to itself).
const FIRST = 20_000
const SPAN = 12_000

/** A port that is free now, from a range that outgoing connections never use. */
export const pickFreePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * SPAN)
    if (await isPortFree(port)) return port
  }
  throw setupError(`No free port found between ${FIRST} and ${FIRST + SPAN} on 127.0.0.1.`)
}

/** The line for a port that another program holds. */
export const portInUse = (what: string, port: number, variable: string): string =>
  `${what}: port ${port} on 127.0.0.1 is in use by another program: stop it, or set ${variable} to a free port.`
