import type { Call, Route } from '../http/route.ts'
import { newId } from '../identifiers.ts'
import type { JsonObject } from '../json.ts'
import type { PortalSessionRecord } from '../objects/portal-session.ts'

const flowOf = (session: PortalSessionRecord): JsonObject | null =>
  session.flow === null
    ? null
    : {
        after_completion:
          session.return_url === null
            ? { type: 'portal_homepage' }
            : { redirect: { return_url: session.return_url }, type: 'redirect' },
        subscription_cancel: null,
        subscription_update: null,
        subscription_update_confirm: null,
        type: session.flow,
      }

const renderPortalSession = (session: PortalSessionRecord): JsonObject => ({
  id: session.id,
  object: 'billing_portal.session',
  configuration: 'bpc_sandbox',
  created: session.created,
  customer: session.customer,
  flow: flowOf(session),
  livemode: false,
  locale: session.locale,
  on_behalf_of: null,
  return_url: session.return_url,
  url: session.url,
})

const create = ({ params, world }: Call): PortalSessionRecord => {
  const customer = world.need('customer', params.requiredText('customer'), 'customer')
  const flow = params.nested('flow_data')
  const id = newId('bps')
  return world.put<PortalSessionRecord>({
    object: 'billing_portal.session',
    id,
    created: world.wallNow,
    customer: customer.id,
    flow: flow?.word<'payment_method_update'>('type', ['payment_method_update']) ?? null,
    locale: params.text('locale') ?? null,
    return_url:
      flow?.nested('after_completion')?.nested('redirect')?.text('return_url') ??
      params.text('return_url') ??
      null,
    url: `${world.origin}/p/session/${id}`,
  })
}

export const billingPortalRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/billing_portal/sessions',
    handle: (call) => ({ json: renderPortalSession(create(call)) }),
  },
]
