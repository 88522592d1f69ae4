import { calculateJwkThumbprint } from 'jose'
import type { ClientOptions, ClientStorage } from './client-options.ts'
import { type EndorsedKeys, KEYSET_TYPE, type Keyset, type PublicSigningKey } from './protocol/keyset.ts'
import type { Transport } from './transport.ts'
import { openSigned, type TrustedKeys, trustKeys } from './verify-lease.ts'

/** The keys that this client believes, by its trust anchor. */
export interface Keyring {
  readonly trusted: () => Promise<TrustedKeys>
  /** Fetches the keyset again; resolves with false when that was not possible. */
  readonly refresh: () => Promise<boolean>
}

const NAME = 'keyflow.keyset'
/** A forged thumbprint must not make every start ask the server. Milliseconds. */
const LEAST_BETWEEN_MS = 5000

type Believed = Pick<EndorsedKeys, 'keys' | 'revoked'> & { readonly iat: number }

export const createKeyring = (
  options: ClientOptions,
  transport: Transport,
  storage: ClientStorage,
  now: () => number,
): Keyring => {
  let believed: Promise<TrustedKeys> | undefined
  let askedAt = Number.NEGATIVE_INFINITY

  const believe = async (text: string | null): Promise<TrustedKeys> => {
    const pinned: Believed = { keys: options.keys ?? [], revoked: [], iat: 0 }
    const keyset = parseKeyset(text)
    if (keyset === null) return trustKeys(pinned)
    // What is pinned is believed whatever is published; a revocation is believed from wherever it comes.
    if (options.keys !== undefined) return trustKeys({ ...pinned, revoked: keyset.revoked })
    if (options.rootKey === undefined) return trustKeys(keyset)
    const endorsed = await readEndorsed(options.rootKey, keyset.endorsement)
    return trustKeys({
      keys: endorsed?.keys ?? [],
      revoked: [...(endorsed?.revoked ?? []), ...keyset.revoked],
    })
  }

  return {
    trusted: () => {
      believed ??= storage
        .get(NAME)
        .catch(() => null)
        .then(believe)
      return believed
    },
    refresh: async () => {
      if (now() - askedAt < LEAST_BETWEEN_MS && now() >= askedAt) return false
      askedAt = now()
      const reply = await transport.get('/.well-known/jwks.json')
      if (reply.kind !== 'reply' || reply.status !== 200) return false
      const text = JSON.stringify(reply.body)
      if (parseKeyset(text) === null) return false
      if (options.rootKey !== undefined && (await isOlder(options.rootKey, await storage.get(NAME), text)))
        return false
      believed = believe(text)
      await storage.set(NAME, text).catch(() => {})
      return true
    },
  }
}

/** An endorsement from before one that was seen: somebody replays it, to bring a revoked key back. */
const isOlder = async (rootKey: string, kept: string | null, fetched: string): Promise<boolean> => {
  const [before, after] = await Promise.all(
    [kept, fetched].map((text) => readEndorsed(rootKey, parseKeyset(text)?.endorsement ?? null)),
  )
  return before != null && (after == null || after.iat < before.iat)
}

const readEndorsed = async (rootKey: string, endorsement: string | null): Promise<EndorsedKeys | null> => {
  if (endorsement === null) return null
  const root = { kty: 'OKP', crv: 'Ed25519', x: rootKey } as const
  const kid = await calculateJwkThumbprint(root)
  const anchor = trustKeys({ keys: [{ ...root, kid }], revoked: [] })
  const opened = await openSigned<EndorsedKeys>(endorsement, KEYSET_TYPE, anchor)
  return 'problem' in opened ? null : opened.payload
}

const parseKeyset = (text: string | null): Keyset | null => {
  if (text === null) return null
  try {
    const { keys, revoked, endorsement } = JSON.parse(text) as Partial<Keyset>
    if (!Array.isArray(keys) || !keys.every(isSigningKey)) return null
    return {
      keys,
      revoked: Array.isArray(revoked) ? revoked : [],
      endorsement: typeof endorsement === 'string' ? endorsement : null,
    }
  } catch {
    return null
  }
}

const isSigningKey = (key: Partial<PublicSigningKey> | null): boolean =>
  key?.kty === 'OKP' && key.crv === 'Ed25519' && typeof key.x === 'string' && typeof key.kid === 'string'
