import type { Json } from './json.ts'
import { asObject } from './json.ts'

/** Deeper than any payload of Stripe's; a hostile one must not exhaust the stack. */
const DEEPEST = 32

/**
 * The object as it was before the event: `previous_attributes` laid over it. Nested objects come partially and are
 * laid over in turn; arrays always come whole.
 */
export const asItWas = (object: Json, previous: Json, depth = 0): Json => {
  const was: Record<string, unknown> = { ...object }
  for (const [key, before] of Object.entries(previous)) {
    // Assigning to this key would set the prototype.
    if (key === '__proto__') continue
    const nested = asObject(before)
    const present = asObject(was[key])
    was[key] =
      nested !== null && present !== null && depth < DEEPEST ? asItWas(present, nested, depth + 1) : before
  }
  return was
}
