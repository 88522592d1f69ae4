import http from 'node:http'
import https from 'node:https'

export interface Post {
  readonly url: string
  readonly body: string
  readonly signature: string
}

export interface Poster {
  /** The HTTP status; null when there was no answer in time. Never rejects. */
  readonly post: (post: Post) => Promise<number | null>
  /** Breaks off what is in flight. */
  readonly stop: () => void
}

const USER_AGENT = 'Stripe/1.0 (+https://stripe.com/docs/webhooks)'

/** Sends webhooks over kept-alive connections; redirects are not followed, as with Stripe. */
export const createPoster = (timeoutMs: number): Poster => {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  }
  const inFlight = new Set<http.ClientRequest>()

  const post: Poster['post'] = ({ url, body, signature }) =>
    new Promise((resolve) => {
      const target = new URL(url)
      const secure = target.protocol === 'https:'
      const request = (secure ? https : http).request(target, {
        agent: agents[secure ? 'https:' : 'http:'],
        method: 'POST',
        headers: {
          accept: '*/*; q=0.5, application/xml',
          'cache-control': 'no-cache',
          'content-length': Buffer.byteLength(body),
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signature,
          'user-agent': USER_AGENT,
        },
      })
      const timer = setTimeout(() => request.destroy(), timeoutMs)
      const end = (status: number | null): void => {
        clearTimeout(timer)
        inFlight.delete(request)
        resolve(status)
      }
      inFlight.add(request)
      request.on('response', (response) => {
        response.on('end', () => end(response.statusCode ?? null))
        response.on('error', () => end(null))
        response.resume()
      })
      request.on('error', () => end(null))
      request.on('close', () => end(null))
      request.end(body)
    })

  return {
    post,
    stop: () => {
      for (const request of inFlight) request.destroy()
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}
