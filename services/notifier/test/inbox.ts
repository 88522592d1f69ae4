import { readFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedMail extends ParsedMail {
  readonly envelopeTo: readonly string[]
  readonly raw: string
}

export interface Inbox {
  readonly url: string
  readonly port: number
  /** What the relay took over: it answered 250. */
  readonly accepted: ReceivedMail[]
  /** Everything whose content arrived whole, whatever was answered. */
  readonly seen: ReceivedMail[]
  /** What to do with the next contents; `accept` once the list is empty. */
  readonly script: ('accept' | 'hang_up' | { readonly reply: number })[]
  /** Replies to RCPT, in order; 250 once the list is empty. */
  readonly recipients: number[]
  readonly stop: () => Promise<void>
}

/** What a relay of the real world demands before it takes a mail. */
export interface RelayDemands {
  /** PEM files. */
  readonly certificate: { readonly certFile: string; readonly keyFile: string }
  readonly user: string
  readonly password: string
}

/** STARTTLS, and then a login. */
const demanding = ({ certificate, user, password }: RelayDemands): SMTPServerOptions => ({
  cert: readFileSync(certificate.certFile),
  key: readFileSync(certificate.keyFile),
  authOptional: false,
  onAuth: (auth, _session, done) =>
    auth.username === user && auth.password === password ? done(null, { user }) : done(new Error('no')),
})

/** A real SMTP server that keeps what it is given and can be told to behave badly. */
export const startInbox = async (port = 0, demands?: RelayDemands): Promise<Inbox> => {
  const accepted: ReceivedMail[] = []
  const seen: ReceivedMail[] = []
  const script: Inbox['script'] = []
  const recipients: number[] = []
  const refuse = (responseCode: number) => Object.assign(new Error('as told'), { responseCode })
  const server = new SMTPServer({
    ...(demands === undefined
      ? { authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'] }
      : demanding(demands)),
    logger: false,
    closeTimeout: 200,
    onRcptTo: (_address, _session, done) => {
      const reply = recipients.shift() ?? 250
      done(reply === 250 ? null : refuse(reply))
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks)
        const envelopeTo = session.envelope.rcptTo.map(({ address }) => address)
        const mail = { ...(await simpleParser(raw)), envelopeTo, raw: raw.toString('utf8') }
        seen.push(mail)
        const todo = script.shift() ?? 'accept'
        if (todo === 'hang_up') {
          for (const connection of server.connections as Set<{ _socket: Socket }>)
            connection._socket.destroy()
        } else if (todo === 'accept') {
          accepted.push(mail)
          done(null)
        } else done(refuse(todo.reply))
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  const bound = (server.server.address() as AddressInfo).port
  return {
    url: `smtp://127.0.0.1:${bound}`,
    port: bound,
    accepted,
    seen,
    script,
    recipients,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}
