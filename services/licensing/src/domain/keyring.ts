import type { OperationState } from './ledger-fact.ts'

/** Which key of a license is in force, and which earlier ones still open it. */
export interface Keyring {
  /** 1 = the first. */
  readonly version: number
  /** The first key, where the license brought one along from elsewhere. */
  readonly imported: { readonly hash: string; readonly last6: string } | null
  /** Earlier keys, in the order of their versions. Unix milliseconds. */
  readonly retired: readonly RetiredKey[]
  /** Whether the customer is not told of the key in force. */
  readonly quiet: boolean
}

export interface RetiredKey {
  readonly version: number
  readonly rotatedAt: number
  /** Works until then. */
  readonly overlapEndsAt: number
}

/**
 * Follows from the decisions alone, in whatever order they arrive; `operations` are sorted by when they were decided.
 * undefined as long as no decision says anything about keys.
 */
export const keyringOf = (operations: readonly OperationState[]): Keyring | undefined => {
  let imported: Keyring['imported'] = null
  let quiet = false
  const retired: RetiredKey[] = []
  for (const { action, at } of operations) {
    if (action.kind === 'create') {
      imported = action.importedKey
      quiet = quiet || action.quiet
    }
    if (action.kind === 'rotate_key') {
      quiet = action.quiet
      const overlapEndsAt = at + action.overlapSeconds * 1000
      retired.push({ version: retired.length + 1, rotatedAt: at, overlapEndsAt })
    }
  }
  if (retired.length === 0 && imported === null && !quiet) return undefined
  return { version: retired.length + 1, imported, retired, quiet }
}
