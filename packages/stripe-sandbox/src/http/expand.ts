import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { render } from '../render/render.ts'
import type { Shape } from '../render/versions.ts'
import type { SnapshotKinds } from '../store/kinds.ts'
import type { Store } from '../store/store.ts'
import { includedList } from './included-lists.ts'
import { invalidRequest } from './stripe-error.ts'

/** What an id stands for is told by its prefix. */
const PREFIXES: Readonly<Record<string, keyof SnapshotKinds>> = {
  cus: 'customer',
  prod: 'product',
  price: 'price',
  pm: 'payment_method',
  pi: 'payment_intent',
  ch: 'charge',
  py: 'charge',
  re: 'refund',
  du: 'dispute',
  sub: 'subscription',
  in: 'invoice',
  ii: 'invoiceitem',
  cs: 'checkout.session',
}

const MAX_DEPTH = 4

/** Replaces ids by their objects along paths such as `data.latest_invoice.payments`. */
export const expand = (
  store: Store,
  shape: Shape,
  root: JsonObject,
  paths: readonly string[],
): JsonObject => {
  const resolve = (id: string): JsonObject | undefined => {
    const kind = PREFIXES[id.slice(0, id.indexOf('_'))]
    const record = kind === undefined ? undefined : store.get(kind, id)
    return record === undefined ? undefined : render(record, shape)
  }
  const follow = (value: Json, path: readonly string[], whole: string): Json => {
    const [name, ...rest] = path
    if (Array.isArray(value)) return value.map((entry: Json) => follow(entry, path, whole))
    if (name === undefined || value === null) return value
    if (!isJsonObject(value)) throw invalidRequest(`This property cannot be expanded (${whole}).`, 'expand')
    const member = value[name] ?? includedList(store, shape, value, name)
    if (member === undefined) throw invalidRequest(`This property cannot be expanded (${whole}).`, 'expand')
    const expanded = typeof member === 'string' ? (resolve(member) ?? member) : member
    return { ...value, [name]: follow(expanded, rest, whole) }
  }
  return paths.reduce<JsonObject>((body, path) => {
    const parts = path.split('.')
    if (parts.length > MAX_DEPTH + (parts[0] === 'data' ? 1 : 0))
      throw invalidRequest(`You cannot expand more than ${MAX_DEPTH} levels of a property.`, 'expand')
    const expanded = follow(body, parts, path)
    return isJsonObject(expanded) ? expanded : body
  }, root)
}
