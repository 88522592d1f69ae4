import { differences, type MirroredLicense } from '../domain/mirrored-license.ts'
import type { Called, HttpCaller } from './http-caller.ts'
import { ANSWER_BYTES, asJson, jsonOf, type Mirrored, type MirrorTarget, mirrored } from './mirror-target.ts'

export interface RestMirrorOptions {
  readonly caller: HttpCaller
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly token: string
  /** Instead of the license's own product; '' = that one. */
  readonly productId: string
  /** `{customer}` is replaced by Stripe's id; '' = none is sent. */
  readonly customerEmail: string
}

const PATH = '/api/v1/licenses'

/** A server with `POST /api/v1/licenses` and `PATCH /api/v1/licenses/:id`, and a bearer token. */
export const createRestMirror = (options: RestMirrorOptions): MirrorTarget => {
  const call = (method: 'GET' | 'POST' | 'PATCH', path: string, idempotencyKey?: string, body?: object) =>
    options.caller.call(
      {
        method,
        url: `${options.baseUrl}${path}`,
        headers: {
          authorization: `Bearer ${options.token}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      },
      ANSWER_BYTES,
    )
  const at = (externalId: string): string => `${PATH}/${encodeURIComponent(externalId)}`

  return {
    create: async (license) => {
      const called = await call('POST', PATH, `keyflow:${license.licenseId}`, {
        product_id: options.productId || license.productId,
        ...emailOf(options.customerEmail, license),
        tier: license.tier,
        max_domains: license.maxDomains,
        metadata: {
          keyflow_license_id: license.licenseId,
          stripe_customer_id: license.customer,
          stripe_subscription_id: license.subscription,
        },
      })
      return idFrom(called)
    },
    update: async (license, externalId) =>
      mirrored(
        await call('PATCH', at(externalId), `keyflow:${license.licenseId}:${license.version}`, {
          ...wantedOf(license),
          metadata: { keyflow_license_id: license.licenseId, keyflow_version: license.version },
        }),
        () => null,
      ),
    compare: async (license, externalId) =>
      mirrored(await call('GET', at(externalId)), (called) => {
        const body = jsonOf(called)
        return differences(wantedOf(license), asJson(body.license ?? body.data ?? body))
      }),
  }
}

const wantedOf = (license: MirroredLicense) => ({
  tier: license.tier,
  max_domains: license.maxDomains,
  features: license.features,
  status: license.status,
  expires_at: license.validThrough,
})

/** An outside server that mails its own keys would write to the customer a second time: by default it gets no address. */
const emailOf = (template: string, { customer, licenseId }: MirroredLicense) =>
  template === '' ? {} : { customer_email: template.replaceAll('{customer}', customer ?? licenseId) }

/** Of a license just made, or (409) of the one that has been there: from the body, else from the address it names. */
const idFrom = (called: Called): Mirrored<string> => {
  const body = jsonOf(called)
  const within = [body, asJson(body.license), asJson(body.data)].map(({ id }) => id)
  const named = called.location === null ? undefined : /\/licenses\/([^/?#]+)/.exec(called.location)?.[1]
  const id = [...within, body.existing_id, named].find((one) => typeof one === 'string' && one !== '')
  if (typeof id === 'string' && (called.result === 'ok' || called.status === 409))
    return { kind: 'ok', value: id, answer: { ...called, result: 'ok' } }
  // Taken, but without a name to call it by later.
  return { kind: 'failed', answer: called.result === 'ok' ? { ...called, result: 'broken' } : called }
}
