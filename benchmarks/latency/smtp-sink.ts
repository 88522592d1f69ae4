import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { unixNow } from './send-purchases.ts'

/** Takes every mail over at once and remembers when; what is in it, it does not look at. */
export const startSmtpSink = async () => {
  const acceptedAt = new Map<string, number>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    closeTimeout: 200,
    onData: (stream, session, done) => {
      stream.on('data', () => {})
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo)
          if (!acceptedAt.has(address)) acceptedAt.set(address, unixNow())
        done(null)
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    /** By recipient, Unix milliseconds. */
    acceptedAt,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
