import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { render } from '../render/render.ts'
import type { SnapshotRecord } from '../store/kinds.ts'

/** Renderers write keys in a fixed order, so equal text is equal content. */
const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * What the changed members held before, as Stripe writes it: inside a hash only the changed keys, of a list
 * the whole old `data` as soon as one element differs, and null for what was not there.
 */
export const previousAttributes = (before: JsonObject, after: JsonObject): JsonObject => {
  const previous: Record<string, Json> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[key]
    const is = after[key]
    if (same(was, is)) continue
    if (isJsonObject(was) && isJsonObject(is)) {
      previous[key] = was.object === 'list' ? { data: was.data ?? [] } : previousAttributes(was, is)
    } else {
      previous[key] = was ?? null
    }
  }
  return previous
}

/** True when a reader of the API could see a difference. */
export const looksDifferent = (before: SnapshotRecord, after: SnapshotRecord): boolean =>
  !same(render(before, 'newest'), render(after, 'newest'))
