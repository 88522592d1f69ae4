import { type CryptoKey, compactVerify, importJWK } from 'jose'
import { judge, type Verdict } from './protocol/judge.ts'
import type { Question } from './protocol/judged-license.ts'
import type { Keyset, PublicSigningKey } from './protocol/keyset.ts'
import { judgedFromLease, LEASE_TYPE, type LeaseClaims, SIGNATURE_ALGORITHM } from './protocol/lease.ts'

/** Why a lease cannot be believed. None of these says anything about the customer, so none locks. */
export const LEASE_PROBLEMS = [
  'MALFORMED_LEASE',
  'UNSUPPORTED_ALGORITHM',
  /** The keyset is older than the key: fetch it again. */
  'UNKNOWN_KID',
  'KEY_REVOKED',
  /** Forged or damaged: a newer keyset does not help. */
  'BAD_SIGNATURE',
  'ISSUER_MISMATCH',
  'NONCE_MISMATCH',
  'LEASE_NOT_YET_VALID',
  'LEASE_EXPIRED',
] as const
export type LeaseProblem = (typeof LEASE_PROBLEMS)[number]

export type VerifiedLease =
  | { readonly ok: true; readonly claims: LeaseClaims; readonly verdict: Verdict }
  | { readonly ok: false; readonly problem: LeaseProblem; readonly claims: LeaseClaims | null }

export interface VerifyOptions {
  /** Unix seconds. */
  readonly at: number
  readonly issuer?: string | undefined
  /** Of the request that the lease answers; absent = any. */
  readonly nonce?: string | undefined
  /** Clocks may differ by this much. Seconds. */
  readonly skew?: number | undefined
}

const SKEW_SECONDS = 300

/** Keys that signatures are verified with. Imports each once. */
export interface TrustedKeys {
  /** 'revoked' and 'unknown' are different things: the one is refused, the other asked for. */
  readonly find: (kid: string) => Promise<CryptoKey | 'revoked' | 'unknown'>
}

export const trustKeys = (
  keyset: Pick<Keyset, 'revoked'> & { readonly keys: readonly PublicSigningKey[] },
): TrustedKeys => {
  const known = new Map(keyset.keys.map((key) => [key.kid, key]))
  const revoked = new Set(keyset.revoked)
  const imported = new Map<string, Promise<CryptoKey>>()
  return {
    find: async (kid) => {
      if (revoked.has(kid)) return 'revoked'
      const key = known.get(kid)
      if (key === undefined) return 'unknown'
      const ready = imported.get(kid) ?? importPublicKey(key)
      imported.set(kid, ready)
      return ready
    },
  }
}

const importPublicKey = async ({ kty, crv, x }: PublicSigningKey): Promise<CryptoKey> => {
  const key = await importJWK({ kty, crv, x }, SIGNATURE_ALGORITHM)
  if (key instanceof Uint8Array) throw new TypeError('a signing key is never symmetric')
  return key
}

/**
 * Verifies a lease offline and judges it as the server would. The algorithm, the type and the key are checked before
 * anything is verified, the signature before anything is believed. Does not throw on any input.
 */
export const verifyLease = async (
  lease: string,
  keys: TrustedKeys,
  question: Question,
  options: VerifyOptions,
): Promise<VerifiedLease> => {
  const opened = await openSigned<LeaseClaims>(lease, LEASE_TYPE, keys)
  if ('problem' in opened) return { ok: false, problem: opened.problem, claims: null }
  const claims = opened.payload
  const problem = claimProblem(claims, options)
  if (problem !== null) return { ok: false, problem, claims }
  return { ok: true, claims, verdict: judge(judgedFromLease(claims, question), question, options.at) }
}

const claimProblem = (claims: LeaseClaims, options: VerifyOptions): LeaseProblem | null => {
  const { at, skew = SKEW_SECONDS, issuer, nonce } = options
  if (!Number.isFinite(claims.exp) || !Number.isFinite(claims.nbf) || !Array.isArray(claims.ent))
    return 'MALFORMED_LEASE'
  if (issuer !== undefined && claims.iss !== issuer) return 'ISSUER_MISMATCH'
  if (nonce !== undefined && claims.nonce !== nonce) return 'NONCE_MISMATCH'
  if (claims.nbf > at + skew) return 'LEASE_NOT_YET_VALID'
  return claims.exp <= at ? 'LEASE_EXPIRED' : null
}

type SignatureProblem = Extract<
  LeaseProblem,
  'MALFORMED_LEASE' | 'UNSUPPORTED_ALGORITHM' | 'UNKNOWN_KID' | 'KEY_REVOKED' | 'BAD_SIGNATURE'
>

/** The payload of a compact JWS of the type, once its signature holds. */
export const openSigned = async <T>(
  token: string,
  type: string,
  keys: TrustedKeys,
): Promise<{ readonly payload: T } | { readonly problem: SignatureProblem }> => {
  const header = readHeader(token)
  if (header === null || header.typ !== type || 'crit' in header) return { problem: 'MALFORMED_LEASE' }
  if (header.alg !== SIGNATURE_ALGORITHM) return { problem: 'UNSUPPORTED_ALGORITHM' }
  if (typeof header.kid !== 'string') return { problem: 'MALFORMED_LEASE' }
  const key = await keys.find(header.kid)
  if (key === 'unknown') return { problem: 'UNKNOWN_KID' }
  if (key === 'revoked') return { problem: 'KEY_REVOKED' }
  let bytes: Uint8Array
  try {
    bytes = (await compactVerify(token, key, { algorithms: [SIGNATURE_ALGORITHM] })).payload
  } catch {
    return { problem: 'BAD_SIGNATURE' }
  }
  const payload = parseObject(decoder.decode(bytes))
  return payload === null ? { problem: 'MALFORMED_LEASE' } : { payload: payload as T }
}

const decoder = new TextDecoder()
const LONGEST_HEADER = 1000

const readHeader = (token: string): Readonly<Record<string, unknown>> | null => {
  const parts = token.split('.')
  const [head] = parts
  if (parts.length !== 3 || head === undefined || head.length > LONGEST_HEADER) return null
  try {
    return parseObject(atob(head.replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return null
  }
}

const parseObject = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}
