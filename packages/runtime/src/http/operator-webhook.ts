import { backoffMs, delay } from '../errors/backoff.ts'

/** Says one line to operators. Throws when it could not be said. */
export type PostAlert = (text: string) => Promise<void>

const ATTEMPTS = 4
const LIMIT_MS = 5000

/** An incoming webhook of Slack, or of anything that takes `{"text"}`. */
export const createOperatorWebhook = (
  url: string,
  options: { readonly fetch?: typeof fetch; readonly baseMs?: number } = {},
): PostAlert => {
  const send = options.fetch ?? fetch
  return async (text) => {
    for (let attempt = 0; ; attempt += 1) {
      const response = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(LIMIT_MS),
      }).catch(() => null)
      await response?.body?.cancel()
      if (response?.ok === true) return
      const isRefused = response !== null && response.status < 500 && response.status !== 429
      // The address is a secret: it is never part of the error.
      if (isRefused || attempt + 1 >= ATTEMPTS)
        throw new Error(`the webhook answered ${response?.status ?? 'nothing'}`)
      await delay(backoffMs(attempt, { base: options.baseMs ?? 500, max: 10_000 }))
    }
  }
}
