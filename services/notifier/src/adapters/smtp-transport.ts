import { AsyncResource } from 'node:async_hooks'
import { Readable } from 'node:stream'
import type { RecordHeaders } from '@keyflow/contracts'
import { extractTrace, inSpan } from '@keyflow/runtime'
import { SpanKind } from '@opentelemetry/api'
import type { SmtpFailure } from '../domain/smtp-verdict.ts'
import type { RelayConnection, SmtpConnections } from './smtp-connections.ts'

export interface Parcel {
  readonly from: string
  readonly to: string
  /** Trace headers of what caused the mail: parent of the span of its sending. */
  readonly trace: RecordHeaders
  /**
   * Asked once the relay wants the content, before its first byte: null (or a rejection) withholds it and hangs up,
   * so that the relay has nothing.
   */
  readonly content: () => Promise<Buffer | null>
}

export type Delivery =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'withheld'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly failure: SmtpFailure; readonly code: string }

export interface SmtpTransport {
  /** One attempt. Never rejects. */
  readonly deliver: (parcel: Parcel) => Promise<Delivery>
  readonly close: () => void
}

export interface SmtpTransportOptions {
  readonly connections: SmtpConnections
  /** Limit of the relay's part of the dialog about one message: until it wants the content, and from there to its answer. */
  readonly dialogMs: number
}

export const createSmtpTransport = ({ connections, dialogMs }: SmtpTransportOptions): SmtpTransport => ({
  deliver: (parcel) =>
    inSpan('smtp send', { kind: SpanKind.CLIENT, parent: extractTrace(parcel.trace) }, async (span) => {
      const delivery = await deliverOnce(connections, parcel, dialogMs)
      span.setAttribute('keyflow.outcome', delivery.kind === 'failed' ? delivery.code : delivery.kind)
      return delivery
    }),
  close: connections.close,
})

const deliverOnce = async (
  connections: SmtpConnections,
  parcel: Parcel,
  dialogMs: number,
): Promise<Delivery> => {
  for (let fresh = false; ; fresh = true) {
    let connection: RelayConnection
    try {
      connection = await connections.take({ fresh })
    } catch (error) {
      return failed(error, false)
    }
    const delivery = await converse(connection, parcel, dialogMs)
    if (delivery.kind === 'accepted') connections.release(connection)
    else connection.smtp.close()
    // The relay had hung up on an idle connection, and nothing was said: once more on a new one.
    if (delivery.kind === 'failed' && connection.carried > 0 && wasStale(delivery.failure)) continue
    return delivery
  }
}

const wasStale = ({ stage, bytesBegan }: SmtpFailure): boolean => stage === 'connection' && !bytesBegan

const converse = ({ smtp }: RelayConnection, parcel: Parcel, dialogMs: number): Promise<Delivery> =>
  new Promise((resolve) => {
    let bytesBegan = false
    // The relay answers in the context of whoever opened the connection: that would be another mail's trace.
    const contentOfParcel = AsyncResource.bind(parcel.content)
    const limit = () =>
      setTimeout(() => {
        settle(failed(new Error('the relay took too long'), bytesBegan))
        smtp.close()
      }, dialogMs)
    let timer = limit()
    const settle = (delivery: Delivery): void => {
      clearTimeout(timer)
      resolve(delivery)
    }
    const withhold = (error: unknown): void => {
      settle({ kind: 'withheld', error })
      smtp.close()
    }
    const content = contentOnDemand(async (push) => {
      // While the relay waits for us it is not the relay that is slow.
      clearTimeout(timer)
      const bytes = await contentOfParcel().catch((error: unknown) => {
        withhold(error)
        return null
      })
      if (bytes === null) return withhold(null)
      if (smtp.destroyed) return settle(failed(new Error('the relay hung up'), false))
      timer = limit()
      bytesBegan = true
      push(bytes)
    })
    smtp.send({ from: parcel.from, to: [parcel.to] }, content, (error) =>
      settle(error === null ? { kind: 'accepted' } : failed(error, bytesBegan)),
    )
  })

/** A stream that is asked for its content when the relay has answered DATA with 354, and not before. */
const contentOnDemand = (give: (push: (bytes: Buffer) => void) => Promise<void>): Readable => {
  let isAsked = false
  return new Readable({
    read() {
      if (isAsked) return
      isAsked = true
      void give((bytes) => {
        this.push(bytes)
        this.push(null)
      })
    },
  })
}

const STAGES: Readonly<Record<string, SmtpFailure['stage']>> = {
  'MAIL FROM': 'mail',
  'RCPT TO': 'rcpt',
  DATA: 'data',
}

const failed = (error: unknown, bytesBegan: boolean): Delivery => {
  const { code, command, responseCode, response } = error as {
    code?: string
    command?: string
    responseCode?: number
    response?: string
  }
  const reply = responseCode ?? null
  const stage = reply === null ? 'connection' : (STAGES[command ?? ''] ?? 'connection')
  const isMalformed = reply === null && (code === 'EENVELOPE' || code === 'EMESSAGE')
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1] ?? null
  return {
    kind: 'failed',
    failure: { bytesBegan, stage, reply, status, isMalformed },
    code: code ?? 'ECONNECTION',
  }
}
