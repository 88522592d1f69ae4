import type { ClientOptions } from '../src/client-options.ts'
import { sha256 } from '../src/known-state.ts'
import type { Keyset } from '../src/protocol/keyset.ts'
import { LEASE_TYPE, type LeaseClaims } from '../src/protocol/lease.ts'
import { REVOCATIONS_TYPE } from '../src/protocol/revocations.ts'
import { CLAIMS, signWith, vectorKeyset } from './lease-vectors.ts'
import { AT } from './verdict-causes.ts'

type Answer = Response | 'down'
const json = (body: object, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/** A license server in this process, with a clock, and every way to misbehave. */
export const createFakeSeller = () => {
  const seller = {
    /** Unix seconds: of the server, and of the customer's machine. */
    serverTime: AT,
    clientTime: AT,
    requests: [] as string[],
    /** Replaces what would be answered. */
    answer: undefined as
      | ((path: string, body: Record<string, unknown>) => Answer | Promise<Answer>)
      | undefined,
    refusal: null as string | null,
    billing: null as unknown,
    signedWith: 'active',
    keyset: undefined as Keyset | undefined,
    claims: {} as Partial<LeaseClaims>,
    revokedAt: 0,
    epoch: 0,
    goDown: (): void => {
      seller.answer = () => 'down'
    },
    comeBack: (): void => {
      seller.answer = undefined
    },
    validate: async (body: Record<string, unknown>): Promise<Response> => {
      const ts = new Date(seller.serverTime * 1000).toISOString()
      if (seller.refusal !== null)
        return json({
          valid: false,
          code: seller.refusal,
          nonce: body.nonce,
          ts,
          lease: null,
          billing: seller.billing,
        })
      return json({
        valid: true,
        code: 'VALID',
        nonce: body.nonce,
        ts,
        billing: seller.billing,
        lease: await seller.lease(String(body.nonce)),
      })
    },
    lease: (nonce: string): Promise<string> => {
      const at = seller.serverTime
      const times = { iat: at, nbf: at, exp: at + 3 * 86_400 }
      return signWith(seller.signedWith, LEASE_TYPE, {
        ...CLAIMS,
        domain: null,
        ...times,
        nonce,
        ...seller.claims,
      })
    },
    feed: async (since: number): Promise<Response> => {
      const digest = await sha256(CLAIMS.sub, 16)
      const statement = {
        iss: 'keyflow',
        iat: seller.serverTime,
        epoch: seller.epoch,
        since,
        entries: seller.epoch > since ? [[digest, seller.revokedAt]] : [],
      }
      return json({
        epoch: seller.epoch,
        statement: await signWith(seller.signedWith, REVOCATIONS_TYPE, statement),
      })
    },
  }
  const respond = async (url: URL, body: Record<string, unknown>): Promise<Answer> => {
    const replaced = await seller.answer?.(url.pathname, body)
    if (replaced !== undefined) return replaced
    if (url.pathname === '/.well-known/jwks.json') return json(seller.keyset ?? (await vectorKeyset()))
    if (url.pathname === '/api/v1/revocations') return seller.feed(Number(url.searchParams.get('since')))
    return seller.validate(body)
  }
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input))
    seller.requests.push(url.pathname)
    const answer = await respond(url, JSON.parse(String(init?.body ?? '{}')))
    if (answer === 'down') throw new TypeError('fetch failed')
    return answer
  }
  const options: ClientOptions = {
    baseUrl: 'https://licenses.example',
    productId: 'app',
    environment: 'live',
    freshSeconds: 60,
    retries: 0,
    fetch,
    now: () => seller.clientTime * 1000,
  }
  return Object.assign(seller, { options, json })
}
