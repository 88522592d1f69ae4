import { differences, isUsable, type MirroredLicense } from '../domain/mirrored-license.ts'
import type { Called, HttpCaller } from './http-caller.ts'
import {
  ANSWER_BYTES,
  asJson,
  type Json,
  jsonOf,
  type Mirrored,
  type MirrorTarget,
  mirrored,
} from './mirror-target.ts'

export interface KeygenMirrorOptions {
  readonly caller: HttpCaller
  /** Without a slash at the end, e.g. `https://api.keygen.sh`. */
  readonly baseUrl: string
  readonly account: string
  readonly token: string
  /** Tier -> id of the policy that stands for it there. */
  readonly policies: ReadonlyMap<string, string>
}

const TYPE = 'application/vnd.api+json'

/**
 * Keygen's API (JSON:API). It knows no Idempotency-Key: a license is looked up by its metadata before it is made, and one
 * license is in one hand at a time. Revoking there deletes, so a revoked license is suspended.
 */
export const createKeygenMirror = (options: KeygenMirrorOptions): MirrorTarget => {
  const root = `${options.baseUrl}/v1/accounts/${encodeURIComponent(options.account)}/licenses`
  const call = (method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, data?: object) =>
    options.caller.call(
      {
        method,
        url: `${root}${path}`,
        headers: {
          authorization: `Bearer ${options.token}`,
          accept: TYPE,
          ...(data === undefined ? {} : { 'content-type': TYPE }),
        },
        body: data === undefined ? null : JSON.stringify({ data }),
      },
      ANSWER_BYTES,
    )
  const at = (externalId: string): string => `/${encodeURIComponent(externalId)}`
  const policyOf = ({ tier }: MirroredLicense) => ({ type: 'policies', id: options.policies.get(tier) })

  return {
    create: async (license) => {
      if (!options.policies.has(license.tier)) return UNKNOWN_TIER
      const query = `?limit=10&metadata%5BkeyflowLicenseId%5D=${encodeURIComponent(license.licenseId)}`
      const search = await call('GET', query)
      if (search.result !== 'ok') return { kind: 'failed', answer: search }
      // Keygen's search is not said to be exact.
      const known = listOf(search).find(
        ({ attributes }) => asJson(asJson(attributes).metadata).keyflowLicenseId === license.licenseId,
      )
      if (typeof known?.id === 'string') return { kind: 'ok', value: known.id, answer: search }
      const made = await call('POST', '', {
        type: 'licenses',
        attributes: { name: license.licenseId, ...attributesOf(license) },
        relationships: { policy: { data: policyOf(license) } },
      })
      const { id } = asJson(jsonOf(made).data)
      if (made.result !== 'ok') return { kind: 'failed', answer: made }
      return typeof id === 'string'
        ? { kind: 'ok', value: id, answer: made }
        : { kind: 'failed', answer: { ...made, result: 'broken' } }
    },
    update: async (license, externalId) => {
      if (!options.policies.has(license.tier)) return UNKNOWN_TIER
      const patched = mirrored(
        await call('PATCH', at(externalId), { type: 'licenses', attributes: attributesOf(license) }),
        (called) => policyIn(asJson(jsonOf(called).data)),
      )
      if (patched.kind !== 'ok') return patched
      if (patched.value === policyOf(license).id) return { ...patched, value: null }
      return mirrored(await call('PUT', `${at(externalId)}/policy`, policyOf(license)), () => null)
    },
    compare: async (license, externalId) =>
      mirrored(await call('GET', at(externalId)), (called) => {
        const found = asJson(jsonOf(called).data)
        const { expiry, suspended, metadata } = asJson(found.attributes)
        const { maxDomains, features, tier } = asJson(metadata)
        const wanted = attributesOf(license)
        return differences(
          {
            ...wanted.metadata,
            expiry: wanted.expiry,
            suspended: wanted.suspended,
            policy: policyOf(license).id,
          },
          { maxDomains, features, tier, expiry, suspended, policy: policyIn(found) },
        )
      }),
  }
}

/** Nobody has said which policy stands for the tier: it is tried again, and seen by whoever looks. */
const UNKNOWN_TIER: Mirrored<never> = {
  kind: 'failed',
  answer: { result: 'blocked', status: null, durationMs: 0, retryAfterMs: null },
}

const attributesOf = (license: MirroredLicense) => ({
  expiry: license.validThrough,
  suspended: !isUsable(license),
  metadata: {
    keyflowLicenseId: license.licenseId,
    keyflowVersion: license.version,
    tier: license.tier,
    maxDomains: license.maxDomains,
    features: license.features,
    stripeCustomerId: license.customer,
    stripeSubscriptionId: license.subscription,
  },
})

const policyIn = (license: Json): unknown => asJson(asJson(asJson(license.relationships).policy).data).id

const listOf = (called: Called): readonly Json[] => {
  const { data } = jsonOf(called)
  return Array.isArray(data) ? data.map(asJson) : []
}
