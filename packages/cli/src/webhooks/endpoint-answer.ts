import { Type } from 'typebox'

const NullableText = Type.Union([Type.String(), Type.Null()])

/** An endpoint as the outbound service shows it. */
export const EndpointAnswer = Type.Object({
  id: Type.String(),
  url: Type.String(),
  description: Type.String(),
  event_types: Type.Union([Type.Array(Type.String()), Type.Null()]),
  livemode: Type.Union([Type.Boolean(), Type.Null()]),
  state: Type.String(),
  disabled_for: NullableText,
  failing_since: NullableText,
})

export const EndpointWithSecret = Type.Object({ ...EndpointAnswer.properties, secret: Type.String() })

export const endpointPath = (id: string, verb = ''): string =>
  `/api/v1/webhook-endpoints/${encodeURIComponent(id)}${verb}`
