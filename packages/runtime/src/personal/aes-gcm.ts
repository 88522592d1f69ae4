import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { KeyflowError } from '../errors/classify.ts'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Random nonce, ciphertext and tag in one piece; `context` is authenticated and not contained. */
export const encrypt = (key: Uint8Array, plain: Uint8Array, context: string): Buffer => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(context))
  const body = cipher.update(plain)
  cipher.final()
  return Buffer.concat([iv, body, cipher.getAuthTag()])
}

/** Throws an `invalid` KeyflowError when the key is missing or wrong, or anything was altered. */
export const decrypt = (key: Uint8Array | undefined, sealed: Uint8Array, context: string): Buffer => {
  if (key === undefined || sealed.length < IV_BYTES + TAG_BYTES) throw unreadable()
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(end))
  try {
    const plain = decipher.update(sealed.subarray(IV_BYTES, end))
    decipher.final()
    return plain
  } catch (error) {
    throw unreadable(error)
  }
}

const unreadable = (cause?: unknown): KeyflowError =>
  new KeyflowError('invalid', 'SEALED_UNREADABLE', 'a sealed value cannot be opened', { cause })
