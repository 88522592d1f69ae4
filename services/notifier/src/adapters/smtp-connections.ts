import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpAddress } from './smtp-address.ts'

/** An open, logged-in connection to the relay. */
export interface RelayConnection {
  readonly smtp: SMTPConnection
  /** Messages that it has carried: the first failure of a used one may only mean that the relay hung up meanwhile. */
  readonly carried: number
}

export interface SmtpConnections {
  /** An idle connection, else a new one; rejects with the library's error. */
  readonly take: (options: { readonly fresh: boolean }) => Promise<RelayConnection>
  /** Gives a connection back for the next mail. */
  readonly release: (connection: RelayConnection) => void
  readonly close: () => void
}

export interface SmtpConnectionOptions {
  readonly address: SmtpAddress
  readonly requireTls: boolean
  readonly hostname: string
  readonly limits?: { readonly connectMs: number; readonly greetingMs: number; readonly silenceMs: number }
}

const LIMITS = { connectMs: 10_000, greetingMs: 10_000, silenceMs: 30_000 } as const
const IDLE_MS = 60_000
const MAILS_PER_CONNECTION = 100

/**
 * Connections kept open between mails. The library's own pool is not used: it can queue a message a second time by
 * itself when a connection closes, and does not tell whether content had begun to leave.
 */
export const createSmtpConnections = (options: SmtpConnectionOptions): SmtpConnections => {
  const idle: { connection: RelayConnection; timer: NodeJS.Timeout }[] = []
  const limits = options.limits ?? LIMITS
  let closed = false

  const forget = (smtp: SMTPConnection): void => {
    const index = idle.findIndex((entry) => entry.connection.smtp === smtp)
    if (index >= 0) clearTimeout(idle.splice(index, 1)[0]?.timer)
  }

  const open = async (): Promise<RelayConnection> => {
    const smtp = new SMTPConnection({
      host: options.address.host,
      port: options.address.port,
      secure: options.address.secure,
      requireTLS: options.requireTls,
      name: options.hostname,
      connectionTimeout: limits.connectMs,
      dnsTimeout: limits.connectMs,
      greetingTimeout: limits.greetingMs,
      socketTimeout: limits.silenceMs,
      socketCloseTimeout: 1000,
    })
    await new Promise<void>((resolve, reject) => {
      smtp.on('error', reject)
      smtp.on('end', () => {
        forget(smtp)
        reject(new Error('the relay closed the connection'))
      })
      smtp.connect((error) => (error === undefined ? resolve() : reject(error)))
    })
    const { auth } = options.address
    if (auth !== null && smtp.allowsAuth)
      await new Promise<void>((resolve, reject) => {
        smtp.login({ ...auth }, (error) => (error === null ? resolve() : reject(error)))
      }).catch((error: unknown) => {
        smtp.close()
        throw error
      })
    return { smtp, carried: 0 }
  }

  return {
    take: async ({ fresh }) => {
      const entry = fresh ? undefined : idle.pop()
      if (entry === undefined) return open()
      clearTimeout(entry.timer)
      return entry.connection
    },
    release: ({ smtp, carried }) => {
      if (smtp.destroyed) return
      if (closed || carried + 1 >= MAILS_PER_CONNECTION) return smtp.quit()
      const timer = setTimeout(() => {
        forget(smtp)
        smtp.quit()
      }, IDLE_MS)
      timer.unref()
      idle.push({ connection: { smtp, carried: carried + 1 }, timer })
    },
    close: () => {
      closed = true
      for (const { connection, timer } of idle.splice(0)) {
        clearTimeout(timer)
        connection.smtp.quit()
      }
    },
  }
}
