import { KeyflowError } from '@keyflow/runtime'
import { Agent, errors, request } from 'undici'
import { type Answer, type AttemptResult, resultOf, retryAfterMs } from '../domain/attempt.ts'
import { type AddressGuard, BLOCKED } from './address-guard.ts'

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** An answer, and as much of its text as was asked for; '' when nothing came. */
export type Called = Answer & { readonly text: string; readonly location: string | null }

export interface HttpCaller {
  /** Never rejects, follows no redirect, takes no longer than the limit, reads at most `maxBytes` of the answer. */
  readonly call: (call: Call, maxBytes?: number) => Promise<Called>
  readonly close: () => Promise<void>
}

export interface HttpCallerOptions {
  readonly guard: AddressGuard
  /** Of one call as a whole, milliseconds. */
  readonly timeoutMs: number
  readonly clock: () => Date
}

/** Calls addresses that strangers chose. */
export const createHttpCaller = ({ guard, timeoutMs, clock }: HttpCallerOptions): HttpCaller => {
  const agent = new Agent({
    connect: { lookup: guard.lookup, timeout: Math.min(timeoutMs, 5000) },
    // As many connections as calls: who does not answer makes nobody wait.
    pipelining: 1,
    keepAliveTimeout: 5000,
    maxHeaderSize: 16_384,
  })
  const call: HttpCaller['call'] = async ({ method, url, headers, body }, maxBytes = 0) => {
    const started = performance.now()
    const answer = (result: AttemptResult, more: Partial<Called> = {}): Called => ({
      durationMs: Math.round(performance.now() - started),
      result,
      status: null,
      retryAfterMs: null,
      text: '',
      location: null,
      ...more,
    })
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      guard.assertHost(new URL(url).hostname)
      const response = await request(url, { method, headers, body, dispatcher: agent, signal })
      const status = response.statusCode
      const text = await readAtMost(response.body, maxBytes)
      return answer(resultOf(status), {
        status,
        text,
        retryAfterMs: retryAfterMs(headerOf(response.headers['retry-after']), clock().getTime()),
        location: headerOf(response.headers.location) ?? null,
      })
    } catch (error) {
      return answer(failureOf(error))
    }
  }
  return { call, close: () => agent.destroy() }
}

const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

/** A short answer is read to its end, so that the connection can be used again; a long one is cut off with it. */
const DRAINED = 65_536

/** Keeps at most `limit` bytes: nobody fills our memory. */
const readAtMost = async (
  body: AsyncIterable<Uint8Array> & { destroy: () => unknown },
  limit: number,
): Promise<string> => {
  const chunks: Uint8Array[] = []
  let read = 0
  // Whoever answers with a status has answered: a connection that breaks later changes nothing.
  try {
    for await (const chunk of body) {
      if (read < limit) chunks.push(chunk.subarray(0, limit - read))
      read += chunk.length
      if (read > Math.max(limit, DRAINED)) break
    }
  } catch {
    // What came so far is kept.
  } finally {
    body.destroy()
  }
  return Buffer.concat(chunks).toString('utf8')
}

const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'])
const CONNECT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT'])

const failureOf = (error: unknown, depth = 0): AttemptResult => {
  if (error instanceof KeyflowError) return error.code === BLOCKED ? 'blocked' : 'broken'
  if (typeof error !== 'object' || error === null || depth > 4) return 'broken'
  const {
    name,
    code,
    cause,
    errors: several,
  } = error as {
    readonly name?: string
    readonly code?: unknown
    readonly cause?: unknown
    readonly errors?: readonly unknown[]
  }
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout'
  if (error instanceof errors.ConnectTimeoutError || error instanceof errors.HeadersTimeoutError)
    return 'timeout'
  if (typeof code === 'string') {
    if (DNS.has(code)) return 'dns'
    if (CONNECT.has(code)) return 'connect'
    if (/CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return 'tls'
  }
  if (Array.isArray(several) && several.length > 0) return failureOf(several[0], depth + 1)
  return cause === undefined ? 'broken' : failureOf(cause, depth + 1)
}
