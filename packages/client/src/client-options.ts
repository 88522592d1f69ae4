import type { PublicSigningKey } from './protocol/keyset.ts'

/** Where the client keeps what it knows between starts: text under a name. Rejections are taken for "nothing there". */
export interface ClientStorage {
  readonly get: (name: string) => Promise<string | null>
  readonly set: (name: string, value: string) => Promise<void>
}

export interface ClientOptions {
  /** Of the license API, without `/api`. */
  readonly baseUrl: string
  readonly productId?: string
  /** What the application was built for; a key of the other mode is refused. */
  readonly environment?: 'live' | 'test'
  /** When this release was made. */
  readonly releasedAt?: Date
  /** Absent = memory: nothing outlives the process. */
  readonly storage?: ClientStorage
  /**
   * The trust anchor, built into the application: the offline root (base64url of its Ed25519 public key) that endorses
   * signing keys, or the signing keys themselves. Absent = the keys that `baseUrl` publishes are believed.
   */
  readonly rootKey?: string
  readonly keys?: readonly PublicSigningKey[]
  /** `iss` that leases must have; absent = any. */
  readonly issuer?: string
  /** An answer of the server that is not older is given again without asking. Seconds. */
  readonly freshSeconds?: number
  /** Longest wait for the server, retries included. Milliseconds. */
  readonly timeoutMs?: number
  /** Further attempts after a network error or a 5xx. */
  readonly retries?: number
  readonly fetch?: typeof globalThis.fetch
  /** Unix milliseconds. */
  readonly now?: () => number
  /** 0 to 1. */
  readonly random?: () => number
}

/** What is asked of the license, beyond what the client was made with. */
export interface Ask {
  readonly domain?: string
  readonly fingerprint?: string
  readonly entitlements?: readonly string[]
}

export type Place = { readonly domain: string } | { readonly fingerprint: string }

export const memoryStorage = (): ClientStorage => {
  const values = new Map<string, string>()
  return {
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => {
      values.set(name, value)
    },
  }
}

/** `localStorage` or `sessionStorage`. */
export const webStorage = (area: {
  readonly getItem: (name: string) => string | null
  readonly setItem: (name: string, value: string) => void
}): ClientStorage => ({
  get: async (name) => area.getItem(name),
  set: async (name, value) => area.setItem(name, value),
})
