import type { ClientStorage } from './client-options.ts'
import type { ValidationCode } from './protocol/codes.ts'

/** What the client knows of one key between starts. Times in unix seconds. */
export interface KnownState {
  readonly lease: string | null
  /** The last answer of the server, if it was one that locks: going offline does not undo it. */
  readonly refusal: ValidationCode | null
  /** Newest lease that was seen; an older one was put back by somebody. */
  readonly newestLeaseAt: number
  readonly newestVersion: number
  /** Latest instant that is known to have been: a clock that shows less was set back. */
  readonly lastGoodTime: number
  /** Up to which epoch revocations were read, as of when, and up to when leases of this license do not count. */
  readonly epoch: number
  readonly epochAt: number
  readonly revokedAt: number
}

const NOTHING: KnownState = {
  lease: null,
  refusal: null,
  newestLeaseAt: 0,
  newestVersion: 0,
  lastGoodTime: 0,
  epoch: 0,
  epochAt: 0,
  revokedAt: 0,
}

/** Keeps the state of keys under digests of them: storage never holds a license key. */
export const createKnownStates = (storage: ClientStorage) => {
  const kept = new Map<string, KnownState>()
  return {
    read: async (key: string): Promise<KnownState> => {
      const name = await nameOf(key)
      const known = kept.get(name)
      if (known !== undefined) return known
      return parse(await storage.get(name).catch(() => null))
    },
    /** Storage that does not work costs the next start, not this one. */
    write: async (key: string, state: KnownState): Promise<void> => {
      const name = await nameOf(key)
      kept.set(name, state)
      await storage.set(name, JSON.stringify(state)).catch(() => {})
    },
  }
}
export type KnownStates = ReturnType<typeof createKnownStates>

const nameOf = async (key: string): Promise<string> => `keyflow.${await sha256(key.trim().toUpperCase(), 12)}`

/** The first bytes of SHA-256, base64url. */
export const sha256 = async (text: string, bytes: number): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const binary = String.fromCharCode(...new Uint8Array(digest, 0, bytes))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const parse = (text: string | null): KnownState => {
  if (text === null) return NOTHING
  try {
    const state: unknown = JSON.parse(text)
    return typeof state === 'object' && state !== null ? { ...NOTHING, ...state } : NOTHING
  } catch {
    return NOTHING
  }
}
