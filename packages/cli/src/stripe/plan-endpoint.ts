/** What is known of a webhook endpoint at Stripe. */
export interface EndpointState {
  readonly id: string
  readonly url: string
  readonly status: string
  readonly api_version: string | null
  readonly enabled_events: readonly string[]
}

export interface EndpointWish {
  readonly url: string
  readonly apiVersion: string
  readonly events: readonly string[]
}

export interface EndpointDrift {
  readonly disabled: boolean
  /** Events that Keyflow handles and that Stripe would not send. */
  readonly missing: readonly string[]
  /** Events that Stripe sends and nobody reads. */
  readonly surplus: readonly string[]
  /** null when it is the pinned one. */
  readonly version: { readonly is: string | null; readonly wanted: string } | null
}

/** How an endpoint differs from what it should be; `*` sends everything, so nothing is missing from it. */
export const driftOf = (endpoint: EndpointState, wish: EndpointWish): EndpointDrift => {
  const sendsAll = endpoint.enabled_events.includes('*')
  return {
    disabled: endpoint.status !== 'enabled',
    missing: sendsAll ? [] : wish.events.filter((event) => !endpoint.enabled_events.includes(event)),
    surplus: endpoint.enabled_events.filter((event) => !wish.events.includes(event)),
    version:
      endpoint.api_version === wish.apiVersion ? null : { is: endpoint.api_version, wanted: wish.apiVersion },
  }
}

export type EndpointPlan =
  | { readonly kind: 'create' }
  | { readonly kind: 'keep'; readonly endpoint: EndpointState }
  /** Adopt one that is there: its events and state are set, its secret stays. */
  | { readonly kind: 'mend'; readonly endpoint: EndpointState; readonly drift: EndpointDrift }
  /** Stripe never changes an endpoint's version: a new one takes its place, the old one is switched off afterwards. */
  | { readonly kind: 'replace'; readonly endpoint: EndpointState; readonly drift: EndpointDrift }

/** What to do so that exactly one endpoint of that URL is as it should be. An enabled one is preferred. */
export const planEndpoint = (
  endpoints: readonly EndpointState[],
  wish: EndpointWish,
  mayReplace: boolean,
): EndpointPlan => {
  const ours = endpoints.filter((endpoint) => sameUrl(endpoint.url, wish.url))
  const endpoint =
    ours.find((one) => one.api_version === wish.apiVersion && one.status === 'enabled') ??
    ours.find((one) => one.status === 'enabled') ??
    ours[0]
  if (endpoint === undefined) return { kind: 'create' }
  const drift = driftOf(endpoint, wish)
  if (mayReplace) return { kind: 'replace', endpoint, drift }
  const isFine = !drift.disabled && drift.missing.length === 0 && drift.surplus.length === 0
  return isFine ? { kind: 'keep', endpoint } : { kind: 'mend', endpoint, drift }
}

export const sameUrl = (a: string, b: string): boolean => normal(a) === normal(b)

const normal = (text: string): string => {
  const parsed = URL.parse(text)
  return parsed === null ? text : parsed.href.replace(/\/$/, '')
}

/** The differences in words. */
export const describeDrift = ({ disabled, missing, surplus, version }: EndpointDrift): readonly string[] => [
  ...(disabled ? ['it is disabled'] : []),
  ...(missing.length > 0 ? [`it lacks ${missing.join(', ')}`] : []),
  ...(surplus.length > 0 ? [`it sends ${surplus.join(', ')}, which nobody reads`] : []),
  ...(version === null
    ? []
    : [`it speaks ${version.is ?? "the account's default version"} instead of ${version.wanted}`]),
]
