import { ENDPOINT_EVENT_TYPES } from '@keyflow/contracts'
import type Stripe from 'stripe'
import { type EndpointPlan, planEndpoint } from './plan-endpoint.ts'
import { PINNED_API_VERSION } from './stripe-session.ts'

const wishFor = (url: string) => ({ url, apiVersion: PINNED_API_VERSION, events: ENDPOINT_EVENT_TYPES })

/** What must be done so that Stripe sends to this URL exactly what Keyflow handles. Changes nothing. */
export const planFor = async (client: Stripe, url: string, replace: boolean): Promise<EndpointPlan> => {
  const endpoints = await client.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: 1000 })
  return planEndpoint(endpoints, wishFor(url), replace)
}

export interface Connected {
  readonly id: string
  /** Shown by Stripe once, when the endpoint is made; null when it was there before. */
  readonly secret: string | null
  /** An endpoint that this one takes the place of, to be disabled once events arrive. */
  readonly replaces: string | null
}

/** Does it. A replaced endpoint goes on sending meanwhile: duplicates are dropped, gaps would be losses. */
export const carryOut = async (client: Stripe, url: string, plan: EndpointPlan): Promise<Connected> => {
  if (plan.kind === 'keep') return { id: plan.endpoint.id, secret: null, replaces: null }
  if (plan.kind === 'mend') {
    await client.webhookEndpoints.update(plan.endpoint.id, {
      enabled_events: handled(),
      ...(plan.drift.disabled ? { disabled: false } : {}),
    })
    return { id: plan.endpoint.id, secret: null, replaces: null }
  }
  const made = await client.webhookEndpoints.create({
    url,
    api_version: PINNED_API_VERSION as Stripe.WebhookEndpointCreateParams.ApiVersion,
    description: 'Keyflow',
    enabled_events: handled(),
    metadata: { keyflow: 'connect' },
  })
  return {
    id: made.id,
    secret: made.secret ?? null,
    replaces: plan.kind === 'replace' ? plan.endpoint.id : null,
  }
}

const handled = (): Stripe.WebhookEndpointCreateParams.EnabledEvent[] =>
  ENDPOINT_EVENT_TYPES.map((type) => type as Stripe.WebhookEndpointCreateParams.EnabledEvent)
