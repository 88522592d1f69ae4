import type { Keyset } from '@keyflow/client/protocol'
import { delay, failureCode, KeyflowError, type Logger, type Store } from '@keyflow/runtime'
import { type CryptoKey, type SigningCrypto, signJson } from '../adapters/jose-signing-keys.ts'
import { findEndorsement, saveEndorsement } from '../adapters/keyset-endorsement.ts'
import {
  fillSlot,
  isDecided,
  type KeyDecision,
  listSigningKeys,
  revokeRetired,
  rotateSlots,
  type SigningKey,
} from '../adapters/mongo-signing-keys.ts'
import { keysetOf } from '../domain/keyset.ts'

export type Rotated =
  | { readonly kind: 'done'; readonly keys: readonly SigningKey[] }
  /** Somebody else rotated first, or there is no such key. */
  | { readonly kind: 'not_active' }
  | { readonly kind: 'not_found' }

export interface SigningKeys {
  readonly sign: (payload: object, type: string) => Promise<string>
  readonly keyset: () => Keyset
  readonly list: () => Promise<readonly SigningKey[]>
  /** `from`: thumbprint that must be active; absent = whichever is. `revoke`: leases that it signed count no more. */
  readonly rotate: (
    decision: KeyDecision,
    options: { readonly from?: string; readonly revoke: boolean },
  ) => Promise<Rotated>
  readonly revoke: (kid: string, decision: KeyDecision) => Promise<Rotated>
  /** Publishes what the offline root has signed; resolves with what is wrong with it, or null. */
  readonly endorse: (endorsement: string) => Promise<string | null>
  readonly stop: () => Promise<void>
}

const EVERY_MS = 2000

/**
 * The signing keys of all processes, as the database has them: the first process to need one creates it, the others take
 * it over. A rotation is seen by the others within two seconds; what they sign meanwhile verifies, unless it was a
 * revocation, of which clients hear from the keyset.
 */
export const startSigningKeys = async (options: {
  readonly store: Store
  readonly crypto: SigningCrypto
  /** Public half of the offline root, base64url; '' = none. */
  readonly rootKey: string
  readonly logger: Logger
  readonly clock: () => Date
}): Promise<SigningKeys> => {
  const { store, crypto, clock, logger } = options
  const opened = new Map<string, Promise<CryptoKey>>()
  const stopping = new AbortController()
  let keys: readonly SigningKey[] = []
  let endorsement: string | null = null

  const refresh = async (): Promise<void> => {
    endorsement = await findEndorsement(store)
    keys = await listSigningKeys(store)
  }
  const openKey = ({ publicKey: { kid }, sealed }: SigningKey): Promise<CryptoKey> => {
    const ready = opened.get(kid) ?? crypto.open(sealed)
    opened.set(kid, ready)
    return ready
  }
  const activeKey = (): SigningKey => {
    const active = keys.find(({ state }) => state === 'active')
    if (active === undefined)
      throw new KeyflowError('transient', 'NO_SIGNING_KEY', 'no signing key is active')
    return active
  }

  await fillSlot(store, 'active', crypto.generate, clock())
  await fillSlot(store, 'next', crypto.generate, clock())
  await refresh()
  // A wrong issuer secret is found at boot, not by the first customer.
  await openKey(activeKey())

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(EVERY_MS, stopping.signal)
      await refresh().catch((error: unknown) =>
        logger.warn({ code: failureCode(error) }, 'signing_keys.refresh_failed'),
      )
    }
  }
  const running = loop()

  return {
    sign: async (payload, type) => {
      const active = activeKey()
      return signJson(payload, type, { kid: active.publicKey.kid, key: await openKey(active) })
    },
    keyset: () => keysetOf(keys, endorsement, clock()),
    list: async () => {
      await refresh()
      return keys
    },
    rotate: async (decision, { from, revoke }) => {
      await refresh()
      if (await isDecided(store, decision.id)) return { kind: 'done', keys }
      const active = activeKey().publicKey.kid
      if (from !== undefined && from !== active) return { kind: 'not_active' }
      const isDone = await rotateSlots(store, {
        from: active,
        ending: revoke ? 'revoked' : 'retired',
        fresh: await crypto.generate(),
        decision,
        at: clock(),
      })
      await refresh()
      return isDone ? { kind: 'done', keys } : { kind: 'not_active' }
    },
    revoke: async (kid, decision) => {
      const isDone = await revokeRetired(store, kid, decision, clock())
      await refresh()
      return isDone ? { kind: 'done', keys } : { kind: 'not_found' }
    },
    endorse: async (text) => {
      const problem = await saveEndorsement(store, options.rootKey, text)
      await refresh()
      return problem
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
