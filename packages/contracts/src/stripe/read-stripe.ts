import { RANK } from '../facts/facts.ts'
import { objectOf, scopeOf } from './envelope.ts'
import { readerOfEvent } from './event-types.ts'
import { asId, asInstant, asObject, parseJson } from './json.ts'
import { asItWas } from './previous-attributes.ts'
import { problem, type ReadResult, readSighting } from './read-result.ts'

export type { ReadProblem, ReadResult } from './read-result.ts'

/** A thin event names its object but does not carry it. */
const THIN_EVENT = 'v2.core.event'

const rankOf = (type: string): number =>
  type.endsWith('.created') ? RANK.created : type.endsWith('.deleted') ? RANK.deleted : RANK.updated

/**
 * Facts of an event that is already parsed JSON, rendered in any API version (shapes are told apart by the fields
 * that are present). Pure and total: types that are not handled give no facts, anything unreadable a problem.
 */
export const readStripeEventObject = (event: unknown): ReadResult => {
  const envelope = asObject(event)
  if (envelope === null) return problem('not_an_event', 'not a JSON object')
  const isThin = envelope.object === THIN_EVENT
  if (envelope.object !== 'event' && !isThin) return problem('not_an_event', 'object is not "event"')
  const eventId = asId(envelope.id)
  const type = asId(envelope.type)
  if (eventId === null || type === null) return problem('not_an_event', 'no id or no type')
  const reader = isThin ? undefined : readerOfEvent(type)
  if (reader === undefined) return { ok: true, eventId, type, facts: [], handled: false }

  const scope = scopeOf(envelope)
  if (scope === null) return problem('not_an_event', 'livemode or account is unreadable')
  const at = asInstant(envelope.created)
  if (at === null) return problem('not_an_event', 'created is no instant')
  const object = objectOf(envelope)
  if (object === null) return problem('malformed_object', 'data.object is no object')
  const previous = asObject(asObject(envelope.data)?.previous_attributes)
  return readSighting(eventId, type, reader, {
    object,
    was: previous === null ? null : asItWas(object, previous),
    observed: { scope, at, rank: rankOf(type), eventId },
  })
}

/** The same, from the bytes that Stripe signed. */
export const readStripeEvent = (body: string | Uint8Array): ReadResult => {
  const event = parseJson(body)
  return event === undefined
    ? problem('not_json', 'the body is not JSON in UTF-8')
    : readStripeEventObject(event)
}
