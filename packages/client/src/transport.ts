import type { ClientOptions } from './client-options.ts'

export type Reply =
  | { readonly kind: 'reply'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** Nothing that says anything about the license: no network, a timeout, 429, 5xx, or no JSON. */
  | { readonly kind: 'unreachable' }

export interface Transport {
  readonly get: (path: string) => Promise<Reply>
  readonly post: (path: string, body: object) => Promise<Reply>
}

const UNREACHABLE: Reply = { kind: 'unreachable' }
const BACKOFF_MS = 150

/** Requests with one deadline for all attempts, and jitter between them, so that an outage's end is not a stampede. */
export const createTransport = (options: ClientOptions): Transport => {
  const { timeoutMs = 4000, retries = 2, random = Math.random } = options
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  const base = options.baseUrl.replace(/\/+$/, '')

  const attempt = async (path: string, init: RequestInit): Promise<Reply | 'again'> => {
    try {
      const response = await fetch(`${base}${path}`, init)
      if (response.status >= 500) {
        response.body?.cancel().catch(() => {})
        return 'again'
      }
      const body: unknown = await response.json()
      if (response.status === 429 || typeof body !== 'object' || body === null) return UNREACHABLE
      return { kind: 'reply', status: response.status, body: body as Record<string, unknown> }
    } catch {
      return 'again'
    }
  }

  const request = async (path: string, init: RequestInit): Promise<Reply> => {
    const signal = AbortSignal.timeout(timeoutMs)
    for (let tries = 0; ; tries += 1) {
      const reply = await attempt(path, { ...init, signal })
      if (reply !== 'again') return reply
      if (tries >= retries || signal.aborted) return UNREACHABLE
      await pause(BACKOFF_MS * 2 ** tries * (0.5 + random()), signal)
    }
  }

  return {
    get: (path) => request(path, { method: 'GET', headers: { accept: 'application/json' } }),
    post: (path, body) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
