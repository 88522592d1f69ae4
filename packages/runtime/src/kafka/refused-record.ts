/** What a broker answers that has looked at a record and will not take it, however often it comes. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
])

const DEEPEST_CAUSE = 4

/**
 * The broker's word for why it never takes what was published, e.g. `MESSAGE_TOO_LARGE`; undefined where waiting may
 * mend it. Of several records in one request it is not known which one is meant.
 */
export const refusalOf = (error: unknown): string | undefined => {
  let at = error
  for (let depth = 0; depth <= DEEPEST_CAUSE && at instanceof Error; depth += 1) {
    const { type } = at as { readonly type?: unknown }
    if (typeof type === 'string' && REFUSALS.has(type)) return type
    at = at.cause
  }
  return undefined
}
