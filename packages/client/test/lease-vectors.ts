import { CompactSign, calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import type { Question } from '../src/protocol/judged-license.ts'
import { KEYSET_TYPE, type Keyset, type PublicSigningKey, type PublishedKey } from '../src/protocol/keyset.ts'
import { LEASE_TYPE, type LeaseClaims } from '../src/protocol/lease.ts'
import { trustKeys, type VerifyOptions, verifyLease } from '../src/verify-lease.ts'
import { AT, DAY } from './verdict-causes.ts'

/** A lease, a question, and what a verifier must say: the problem, or the verdict. */
export interface LeaseVector {
  readonly name: string
  readonly lease: string
  readonly question: Question
  readonly options: VerifyOptions
  readonly expected: { readonly problem: string } | { readonly valid: boolean; readonly code: string }
}

/** Keys for vectors alone: the private halves are published here, and sign nothing else. */
const PRIVATE_KEYS: Readonly<Record<string, JWK>> = {
  active: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
  revoked: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs',
    x: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw',
  },
  unknown: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'xaqN9D-fg3vtt0QvMdy3sWbThTUHbwlLhc46LgtEWPc',
    x: '_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU',
  },
}

const keyNamed = (name: string): JWK => PRIVATE_KEYS[name] ?? {}
export const kidOf = (name: string): Promise<string> => calculateJwkThumbprint(keyNamed(name))
export const publicKeyOf = async (name: string): Promise<PublicSigningKey> => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: keyNamed(name).x ?? '',
  kid: await kidOf(name),
})

/** Signs with one of the keys above; `header` replaces parts of it. */
export const signWith = async (
  name: string,
  type: string,
  payload: object,
  header: object = {},
): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: type, kid: await kidOf(name), ...header })
    .sign(await importJWK(keyNamed(name), 'EdDSA'))

export const vectorKeyset = async (): Promise<Keyset> => ({
  keys: [
    { ...(await publicKeyOf('active')), use: 'sig', alg: 'EdDSA', status: 'active' } satisfies PublishedKey,
  ],
  revoked: [await kidOf('revoked')],
  endorsement: null,
})

export const endorse = (keys: readonly PublicSigningKey[], iat: number): Promise<string> =>
  signWith('unknown', KEYSET_TYPE, { iat, keys, revoked: [] })

export const CLAIMS: LeaseClaims = {
  iss: 'keyflow',
  sub: '4a8a6f3e-6d0c-5f0e-9f6e-2f5a9d1c7b10',
  aud: 'app',
  jti: 'lease-1',
  iat: AT,
  nbf: AT,
  exp: AT + 3 * DAY,
  livemode: true,
  standing: 'active',
  tier: 'pro',
  ent: ['updates'],
  limits: { domains: 3 },
  domain: { kind: 'domain', value: 'shop.example.com', limit: 3, used: 1, rank: 1 },
  machine: null,
  lic_exp: AT + 30 * DAY,
  grace_ends: null,
  trial_ends: null,
  cancel_at: null,
  maint_ends: null,
  may_exceed: false,
  rotated: null,
  ver: 7,
  as_of: AT - DAY,
  nonce: 'nonce-1',
}

const QUESTION: Question = { productId: 'app', livemode: true, domain: 'Shop.Example.com:443' }

interface Case {
  readonly name: string
  readonly lease: Promise<string>
  readonly question?: Question
  readonly options?: Partial<VerifyOptions>
}

const lease = (more: Partial<LeaseClaims> = {}, header: object = {}, key = 'active'): Promise<string> =>
  signWith(key, LEASE_TYPE, { ...CLAIMS, ...more }, header)

const replacePart = async (
  token: Promise<string>,
  at: number,
  part: (old: string) => string,
): Promise<string> =>
  (await token)
    .split('.')
    .map((old, index) => (index === at ? part(old) : old))
    .join('.')
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (header: object): Promise<string> =>
  Promise.resolve(`${encoded(header)}.${encoded(CLAIMS)}.${Buffer.from('signature').toString('base64url')}`)

const cases = async (): Promise<readonly Case[]> => {
  const kid = await kidOf('active')
  return [
    { name: 'good', lease: lease() },
    { name: 'in grace', lease: lease({ standing: 'grace', lic_exp: null, grace_ends: AT + DAY }) },
    { name: 'of a key in its overlap', lease: lease({ rotated: { at: AT - DAY, overlapEndsAt: AT + DAY } }) },
    { name: 'at another domain', lease: lease(), question: { ...QUESTION, domain: 'other.example.com' } },
    { name: 'without saying where', lease: lease(), question: { productId: 'app' } },
    { name: 'for another product', lease: lease(), question: { ...QUESTION, productId: 'other' } },
    { name: 'in the other mode', lease: lease(), question: { ...QUESTION, livemode: false } },
    {
      name: 'an entitlement that it lacks',
      lease: lease(),
      question: { ...QUESTION, entitlements: ['sso'] },
    },
    {
      name: 'a place beyond the limit',
      lease: lease({ domain: { kind: 'domain', value: 'shop.example.com', limit: 3, used: 5, rank: 5 } }),
    },
    {
      name: 'a license that ends before its lease',
      lease: lease({ lic_exp: AT + 1 }),
      options: { at: AT + 2 },
    },
    { name: 'in its last second', lease: lease(), options: { at: AT + 3 * DAY - 1 } },
    { name: 'over', lease: lease(), options: { at: AT + 3 * DAY } },
    { name: 'not begun, within the skew of clocks', lease: lease(), options: { at: AT - 300 } },
    { name: 'not begun', lease: lease(), options: { at: AT - 301 } },
    { name: 'a clock set back a year', lease: lease(), options: { at: AT - 365 * DAY } },
    { name: 'for another nonce', lease: lease(), options: { nonce: 'nonce-2' } },
    { name: 'of another issuer', lease: lease(), options: { issuer: 'somebody' } },
    { name: 'signed by a key that is not known', lease: lease({}, {}, 'unknown') },
    { name: 'signed by a revoked key', lease: lease({}, {}, 'revoked') },
    { name: 'signed by another key than it names', lease: lease({}, { kid }, 'unknown') },
    {
      name: 'changed after it was signed',
      lease: replacePart(lease(), 1, () => encoded({ ...CLAIMS, tier: 'free' })),
    },
    { name: 'with a signature cut short', lease: replacePart(lease(), 2, (old) => old.slice(0, -4)) },
    { name: 'without an algorithm', lease: unsigned({ alg: 'none', typ: LEASE_TYPE, kid }) },
    { name: 'with a symmetric algorithm', lease: unsigned({ alg: 'HS256', typ: LEASE_TYPE, kid }) },
    { name: 'with another asymmetric algorithm', lease: unsigned({ alg: 'ES256', typ: LEASE_TYPE, kid }) },
    { name: 'without a key id', lease: unsigned({ alg: 'EdDSA', typ: LEASE_TYPE }) },
    {
      name: 'with critical extensions',
      lease: unsigned({ alg: 'EdDSA', typ: LEASE_TYPE, kid, crit: ['x'] }),
    },
    { name: 'another kind of statement', lease: signWith('active', 'revocations+jwt', CLAIMS) },
    { name: 'a payload that is not an object', lease: signWith('active', LEASE_TYPE, []) },
    { name: 'not a token', lease: Promise.resolve('not a lease') },
    { name: 'nothing', lease: Promise.resolve('') },
  ]
}

export const leaseVectors = async (): Promise<readonly LeaseVector[]> => {
  const keys = trustKeys(await vectorKeyset())
  return Promise.all(
    (await cases()).map(async ({ name, lease: token, question = QUESTION, options: more = {} }) => {
      const options: VerifyOptions = { at: AT + 60, issuer: 'keyflow', nonce: 'nonce-1', ...more }
      const text = await token
      const verified = await verifyLease(text, keys, question, options)
      const expected = verified.ok
        ? { valid: verified.verdict.valid, code: verified.verdict.code }
        : { problem: verified.problem }
      return { name, lease: text, question, options, expected }
    }),
  )
}
