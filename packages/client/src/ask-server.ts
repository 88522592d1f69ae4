import type { Answer } from './answer.ts'
import { readBilling } from './billing.ts'
import type { Ask, ClientOptions } from './client-options.ts'
import type { Keyring } from './keyring.ts'
import { DETAILS, locksFor, VALIDATION_CODES, type ValidationCode } from './protocol/codes.ts'
import type { Verdict } from './protocol/judge.ts'
import type { Question } from './protocol/judged-license.ts'
import type { LeaseClaims } from './protocol/lease.ts'
import type { Transport } from './transport.ts'
import { type VerifiedLease, verifyLease } from './verify-lease.ts'

export type ServerAnswer =
  | { readonly kind: 'valid'; readonly answer: Answer; readonly lease: string; readonly claims: LeaseClaims }
  | { readonly kind: 'refused'; readonly answer: Answer; readonly code: ValidationCode; readonly at: number }
  /** Not there, or not to be believed. */
  | { readonly kind: 'none' }

const NONE: ServerAnswer = { kind: 'none' }

/**
 * Asks the server. That a license is valid is believed by its lease alone: signed by a key that is trusted, for this
 * question (nonce, product, place). Whoever stands between can so refuse, but not grant.
 */
export const askServer = async (
  transport: Transport,
  keyring: Keyring,
  options: ClientOptions,
  key: string,
  ask: Ask,
  question: Question,
): Promise<ServerAnswer> => {
  const nonce = crypto.randomUUID()
  const reply = await transport.post('/api/v1/licenses/validate', {
    key,
    ...ask,
    ...(options.productId === undefined ? {} : { product_id: options.productId }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.releasedAt === undefined ? {} : { released_at: options.releasedAt.toISOString() }),
    nonce,
    lease: true,
  })
  if (reply.kind !== 'reply' || reply.status !== 200) return NONE
  const { valid, code, nonce: echoed, lease, ts } = reply.body
  const at = typeof ts === 'string' ? Math.floor(Date.parse(ts) / 1000) : Number.NaN
  if (echoed !== nonce || !isCode(code) || Number.isNaN(at)) return NONE
  if (valid === false) return { kind: 'refused', answer: toRefusal(reply.body, code), code, at }
  if (valid !== true || typeof lease !== 'string') return NONE
  // Not by this machine's clock: it may be wrong, and the nonce shows that the lease is of now.
  const verify = async (): Promise<VerifiedLease> =>
    verifyLease(lease, await keyring.trusted(), question, { at, nonce, issuer: options.issuer })
  let verified = await verify()
  if (!verified.ok && verified.problem === 'UNKNOWN_KID' && (await keyring.refresh()))
    verified = await verify()
  if (!verified.ok || !verified.verdict.valid) return NONE
  const { claims, verdict } = verified
  return { kind: 'valid', answer: toAnswer(verdict, claims, reply.body), lease, claims }
}

const toAnswer = (
  verdict: Verdict,
  claims: LeaseClaims | null,
  { billing }: Readonly<Record<string, unknown>>,
): Answer => ({
  ...verdict,
  source: 'server',
  lease: claims,
  ageSeconds: 0,
  billing: readBilling(billing),
})

const toRefusal = (body: Readonly<Record<string, unknown>>, code: ValidationCode): Answer => ({
  valid: false,
  code,
  locks: locksFor(code, false),
  detail: DETAILS[code],
  warnings: [],
  missing: Array.isArray(body.missing_entitlements) ? body.missing_entitlements.map(String) : [],
  source: 'server',
  lease: null,
  ageSeconds: 0,
  billing: readBilling(body.billing),
})

const CODES: ReadonlySet<unknown> = new Set(VALIDATION_CODES)
const isCode = (code: unknown): code is ValidationCode => CODES.has(code)
