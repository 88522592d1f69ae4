import type { CustomerState } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { asList, asText, fieldOf, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { type FactReader, factAbout } from './sighting.ts'

/** Whom an object belongs to. Accounts v2 fills `customer_account` where `customer` is null. */
export const customerOf = (object: Json): string | null =>
  idOf(object.customer) ?? idOf(object.customer_account)

const localesOf = (value: unknown): readonly string[] =>
  (asList(value)?.data ?? []).map(asText).filter((locale) => locale !== null)

const deletedState = (object: Json): CustomerState | Malformed => {
  const id = identify(object, 'customer')
  if (typeof id !== 'string') return id
  return { id, email: null, name: null, locales: [], country: null, deleted: true, testClock: null }
}

/** What the seller tells Keyflow about a customer. */
const metadataOf = (object: Json): Pick<CustomerState, 'timeZone' | 'tags'> => {
  const timeZone = asText(fieldOf(object.metadata, 'keyflow_time_zone'))
  const tags = (asText(fieldOf(object.metadata, 'keyflow_tags')) ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
  return {
    ...(timeZone === null ? {} : { timeZone }),
    ...(tags.length === 0 ? {} : { tags: [...new Set(tags)].sort() }),
  }
}

const customerState = (object: Json): CustomerState | Malformed => {
  if (object.deleted === true) return deletedState(object)
  const id = identify(object, 'customer')
  if (typeof id !== 'string') return id
  return {
    id,
    email: asText(object.email),
    name: asText(object.name),
    locales: localesOf(object.preferred_locales),
    country: asText(fieldOf(object.address, 'country')),
    ...metadataOf(object),
    deleted: false,
    testClock: idOf(object.test_clock),
  }
}

export const readCustomer: FactReader = (sighting) => {
  const fact = factAbout('customer', customerState, sighting)
  return isMalformed(fact) ? fact : [fact]
}

/** `customer.deleted` carries the whole customer or only a stub: the id is all that may be used. */
export const readDeletedCustomer: FactReader = (sighting) => {
  const fact = factAbout('customer', deletedState, { ...sighting, was: null })
  return isMalformed(fact) ? fact : [fact]
}
