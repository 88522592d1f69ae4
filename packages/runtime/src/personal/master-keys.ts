import { type Field, type KeyRing, parseKeyRing } from '../config/fields.ts'
import { decrypt, encrypt } from './aes-gcm.ts'

/** A data key as it may be kept: encrypted by the master key with that id. */
export interface WrappedKey {
  readonly keyId: string
  readonly masterId: string
  readonly wrapped: string
}

export interface MasterKeys {
  /** Id of the one that wraps new keys. */
  readonly currentId: string
  readonly has: (masterId: string) => boolean
  readonly wrap: (subject: string, keyId: string, dataKey: Uint8Array) => WrappedKey
  /** Throws an `invalid` KeyflowError when it was wrapped for another subject, by another key, or altered. */
  readonly unwrap: (subject: string, key: WrappedKey) => Uint8Array
}

/** Bound to its owner: a wrapped key that is moved to another person opens nothing. */
const boundTo = (subject: string, keyId: string): string => JSON.stringify([subject, keyId])

export const createMasterKeys = (keys: KeyRing): MasterKeys => {
  const byId = new Map(keys)
  const [first] = keys
  if (first === undefined) throw new Error('must hold at least one key')
  const [currentId, current] = first
  return {
    currentId,
    has: (masterId) => byId.has(masterId),
    wrap: (subject, keyId, dataKey) => ({
      keyId,
      masterId: currentId,
      wrapped: encrypt(current, dataKey, boundTo(subject, keyId)).toString('base64url'),
    }),
    unwrap: (subject, { keyId, masterId, wrapped }) =>
      decrypt(byId.get(masterId), Buffer.from(wrapped, 'base64url'), boundTo(subject, keyId)),
  }
}

/** `<id>:<32 bytes in base64>`, comma-separated: the first wraps, all of them unwrap. */
export const masterKeysField = (env: string, options: { readonly doc: string }): Field<MasterKeys> => ({
  env,
  doc: options.doc,
  kind: 'secrets',
  fallback: undefined,
  secret: true,
  parse: (value) => createMasterKeys(parseKeyRing(value)),
})
