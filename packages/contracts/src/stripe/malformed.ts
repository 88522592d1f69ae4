import type { Json } from './json.ts'
import { asId } from './json.ts'

/**
 * What a mapper answers instead of a state when reading on would lose or confuse something. Says which field,
 * never its value: the text ends in logs and dead letters.
 */
export interface Malformed {
  readonly malformed: string
}

export const malformed = (detail: string): Malformed => ({ malformed: detail })

export const isMalformed = (value: object): value is Malformed => 'malformed' in value

/** The id of an object of the expected kind. The oldest payloads may omit `object`, none contradicts it. */
export const identify = (object: Json, kind: string): string | Malformed => {
  if (object.object !== undefined && object.object !== kind)
    return malformed(`${kind}: object is another kind`)
  return asId(object.id) ?? malformed(`${kind}: no id`)
}
