import { ENDPOINT_EVENT_TYPES, HANDLED_EVENT_TYPES } from '@keyflow/contracts'
import type Stripe from 'stripe'
import { checkPermissions } from '../stripe/permissions.ts'
import { driftOf, type EndpointState, sameUrl } from '../stripe/plan-endpoint.ts'
import { askingStripe, PINNED_API_VERSION, type StripeSession } from '../stripe/stripe-session.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const HOUR = 3600

/** The key, the endpoint at `url`, and what Stripe could not deliver. */
export const checkStripe = async (
  { client, livemode }: StripeSession,
  url: string | undefined,
  nowSeconds: number,
): Promise<readonly Finding[]> => {
  const permissions = await askingStripe(() => checkPermissions(client))
  const missing = permissions.filter(({ granted }) => !granted)
  const findings: Finding[] = [
    missing.length === 0
      ? ok('stripe.key', `The key works in ${livemode ? 'live' : 'test'} mode and has all permissions.`)
      : problem(
          'stripe.key',
          `The key lacks ${missing.map(({ resource, access }) => `${resource}: ${access}`).join(', ')}.`,
          'Edit the restricted key at https://dashboard.stripe.com/apikeys.',
        ),
  ]
  const mayRead = (resource: string): boolean =>
    missing.every((one) => one.resource !== resource || one.access !== 'read')
  if (mayRead('webhook_endpoints')) findings.push(...(await checkEndpoints(client, url)))
  if (mayRead('events')) findings.push(await checkDeliveries(client, nowSeconds))
  return findings
}

const checkEndpoints = async (client: Stripe, url: string | undefined): Promise<readonly Finding[]> => {
  const all: readonly EndpointState[] = await askingStripe(() =>
    client.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: 1000 }),
  )
  const ours = all.filter((endpoint) =>
    url === undefined ? endpoint.url.includes('/api/v1/webhooks/stripe') : sameUrl(endpoint.url, url),
  )
  if (ours.length === 0)
    return [
      problem(
        'stripe.endpoint',
        `Stripe knows no webhook endpoint ${url === undefined ? 'of Keyflow' : `with the URL ${url}`}.`,
        'keyflow connect --url …',
      ),
    ]
  const doubled =
    ours.filter(({ status }) => status === 'enabled').length > 1
      ? [
          warning(
            'stripe.endpoint.doubled',
            `${ours.length} endpoints send to Keyflow: every event comes more than once.`,
            'After a replacement, disable the old one at https://dashboard.stripe.com/webhooks.',
          ),
        ]
      : []
  return [...ours.flatMap(checkEndpoint), ...doubled]
}

const checkEndpoint = (endpoint: EndpointState): readonly Finding[] => {
  const { id, url } = endpoint
  const drift = driftOf(endpoint, { url, apiVersion: PINNED_API_VERSION, events: ENDPOINT_EVENT_TYPES })
  const mend = `keyflow connect --url ${url}`
  const findings: Finding[] = []
  if (drift.disabled)
    findings.push(
      problem(
        'stripe.endpoint.disabled',
        `${id} is disabled: Stripe sends nothing, and nothing of this time later.`,
        `${mend}, then \`keyflow reconcile\` for what was missed`,
      ),
    )
  if (drift.missing.length > 0)
    findings.push(problem('stripe.endpoint.events', `${id} does not send ${drift.missing.join(', ')}.`, mend))
  if (drift.surplus.length > 0)
    findings.push(
      warning(
        'stripe.endpoint.surplus',
        `${id} sends ${drift.surplus.join(', ')}, which nobody reads.`,
        mend,
      ),
    )
  if (drift.version !== null)
    findings.push(
      warning(
        'stripe.endpoint.version',
        `${id} speaks ${drift.version.is ?? "the account's default version, which may change,"} instead of ${drift.version.wanted}.`,
        `${mend} --replace`,
      ),
    )
  return findings.length > 0
    ? findings
    : [ok('stripe.endpoint', `${id} sends exactly what is handled, in ${PINNED_API_VERSION}.`)]
}

/** What is still on its way counts as undelivered: only what is older than an hour is a sign. */
const checkDeliveries = async (client: Stripe, nowSeconds: number): Promise<Finding> => {
  const { data } = await askingStripe(() =>
    client.events.list({ delivery_success: false, created: { lt: nowSeconds - HOUR }, limit: 100 }),
  )
  const ours = data.filter(({ type }) => HANDLED_EVENT_TYPES.includes(type))
  return ours.length === 0
    ? ok('stripe.deliveries', 'Stripe has nothing undelivered that is older than an hour.')
    : warning(
        'stripe.deliveries',
        `Stripe could not deliver ${ours.length === 100 ? '100 or more' : ours.length} events that are older than an hour (to us or to another endpoint).`,
        'keyflow reconcile',
      )
}
