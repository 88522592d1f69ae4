import { listBody, paginate } from '../http/pages.ts'
import type { Params } from '../http/params.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId, newSigningSecret } from '../identifiers.ts'
import type { JsonObject } from '../json.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import type { WebhookEndpointRecord } from '../objects/webhook-endpoint.ts'
import { renderDeleted } from '../render/deleted.ts'
import { noFaults, readFaults } from '../webhooks/faults.ts'

const renderEndpoint = (endpoint: WebhookEndpointRecord): JsonObject => ({
  id: endpoint.id,
  object: 'webhook_endpoint',
  api_version: endpoint.api_version,
  application: null,
  created: endpoint.created,
  description: endpoint.description,
  enabled_events: endpoint.enabled_events,
  livemode: false,
  metadata: endpoint.metadata,
  status: endpoint.status,
  url: endpoint.url,
})

/** The secret is shown when it is made and never again. */
const withSecret = (endpoint: WebhookEndpointRecord): JsonObject => ({
  ...renderEndpoint(endpoint),
  secret: endpoint.secrets[0]?.value ?? null,
})

const readUrl = (params: Params): string => {
  const url = params.requiredText('url')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw invalidRequest(
      'Invalid URL: An explicit scheme (such as https) must be provided.',
      'url',
      'url_invalid',
    )
  return url
}

const create = ({ params, world }: Call): WebhookEndpointRecord => {
  const enabled_events = params.texts('enabled_events') ?? []
  if (enabled_events.length === 0)
    throw invalidRequest('Missing required param: enabled_events.', 'enabled_events', 'parameter_missing')
  return world.put<WebhookEndpointRecord>({
    object: 'webhook_endpoint',
    id: newId('we'),
    created: world.now,
    api_version: params.text('api_version') ?? null,
    description: params.text('description') ?? null,
    enabled_events,
    faults: noFaults,
    metadata: params.map('metadata') ?? {},
    secrets: [{ value: newSigningSecret(), expires_at: null }],
    status: 'enabled',
    url: readUrl(params),
  })
}

const endpointOf = ({ world, id }: Call): WebhookEndpointRecord => world.need('webhook_endpoint', id, 'id')

const update = (call: Call): WebhookEndpointRecord => {
  const { params, world } = call
  const endpoint = endpointOf(call)
  const disabled = params.flag('disabled')
  return world.put<WebhookEndpointRecord>({
    ...endpoint,
    description: params.nullableText('description') ?? endpoint.description,
    enabled_events: params.texts('enabled_events') ?? endpoint.enabled_events,
    metadata: mergeMetadata(endpoint.metadata, params.map('metadata')),
    status: disabled === undefined ? endpoint.status : disabled ? 'disabled' : 'enabled',
    url: params.has('url') ? readUrl(params) : endpoint.url,
  })
}

/** A new secret; the old ones go on signing for `expires_in` seconds, as while Stripe rolls one. */
const roll = (call: Call): WebhookEndpointRecord => {
  const { params, world } = call
  const endpoint = endpointOf(call)
  const until = world.now + (params.integer('expires_in') ?? 86_400)
  return world.put<WebhookEndpointRecord>({
    ...endpoint,
    secrets: [
      { value: newSigningSecret(), expires_at: null },
      ...endpoint.secrets.map(({ value, expires_at }) => ({
        value,
        expires_at: Math.min(until, expires_at ?? until),
      })),
    ],
  })
}

export const webhookEndpointRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    handle: (call) => ({ json: withSecret(create(call)) }),
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    handle: ({ world, params }) => {
      const page = paginate(world.all('webhook_endpoint'), params, '/v1/webhook_endpoints')
      return { json: listBody(page.data.map(renderEndpoint), page) }
    },
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints/:id',
    handle: (call) => ({ json: renderEndpoint(endpointOf(call)) }),
  },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id',
    handle: (call) => ({ json: renderEndpoint(update(call)) }),
  },
  {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:id',
    handle: (call) => {
      const { id } = endpointOf(call)
      call.world.remove('webhook_endpoint', id)
      return { json: renderDeleted('webhook_endpoint', id) }
    },
  },
  {
    method: 'POST',
    path: '/v1/sandbox/webhook_endpoints/:id/roll_secret',
    handle: (call) => ({ json: withSecret(roll(call)) }),
  },
  {
    method: 'POST',
    path: '/v1/sandbox/webhook_endpoints/:id/faults',
    handle: (call) => {
      const endpoint = endpointOf(call)
      const faults = readFaults(call.params, endpoint.faults)
      call.world.put<WebhookEndpointRecord>({ ...endpoint, faults })
      return { json: { id: endpoint.id, object: 'sandbox.faults', ...faults } }
    },
  },
]
