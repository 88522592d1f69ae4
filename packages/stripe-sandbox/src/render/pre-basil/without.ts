import type { JsonObject } from '../../json.ts'

/** The object without the members that its version did not know. */
export const without = (object: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
