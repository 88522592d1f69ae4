import { HEADER, type RecordHeaders, STRIPE_TYPE_PREFIX } from '../records/headers.ts'
import { type Scope, scopeMode } from '../records/scope.ts'
import { objectIdOf } from './partition-key.ts'

/** What the headers say of an event. */
export interface EventAttributes {
  readonly id: string
  readonly type: string
  /** Unix seconds. */
  readonly created: number
  readonly scope: Scope
  readonly apiVersion: string | null
}

/** CloudEvents headers of an event's record, whichever way it came: its value stays Stripe's bytes. */
export const eventHeaders = (event: EventAttributes, json: unknown): RecordHeaders => {
  const { scope, apiVersion } = event
  const subject = objectIdOf(json)
  return {
    [HEADER.specVersion]: '1.0',
    [HEADER.id]: event.id,
    [HEADER.source]: `stripe:${scope.account}:${scopeMode(scope)}`,
    [HEADER.type]: STRIPE_TYPE_PREFIX + event.type,
    [HEADER.time]: new Date(event.created * 1000).toISOString(),
    [HEADER.contentType]: 'application/json',
    [HEADER.account]: scope.account,
    [HEADER.livemode]: String(scope.livemode),
    ...(subject === null ? {} : { [HEADER.subject]: subject }),
    ...(apiVersion === null ? {} : { [HEADER.apiVersion]: apiVersion }),
  }
}
