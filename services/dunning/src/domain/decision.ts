import type { IsoDuration } from './calendar.ts'

/** What an operator decides about a case. Sticky: no failure that Stripe reports later undoes it. */
export type DecisionAction =
  /** `freeze` moves the whole timeline, `mute` only holds reminders back. Unix milliseconds. */
  | { readonly kind: 'pause'; readonly mode: 'freeze' | 'mute'; readonly until: number }
  | { readonly kind: 'resume' }
  /** No more mails and no restriction for these invoices; a new one may open the case again. */
  | { readonly kind: 'stop'; readonly invoices: readonly string[] }
  | { readonly kind: 'write_off'; readonly invoices: readonly string[] }
  /** Whatever is still to come happens this much later. */
  | { readonly kind: 'extend'; readonly by: IsoDuration }
  | { readonly kind: 'skip'; readonly invoice: string; readonly step: string }
  | { readonly kind: 'send_now'; readonly invoice: string; readonly step: string }
  /** Takes an earlier decision back. */
  | { readonly kind: 'withdraw'; readonly decision: string }

export interface Decision {
  readonly id: string
  /** Unix milliseconds, by the clock of the case. */
  readonly at: number
  readonly actor: string
  readonly reason: string
  readonly action: DecisionAction
}

/** A set by id: idempotent, commutative, associative. In the order in which they were taken. */
export const mergeDecisions = (a: readonly Decision[], b: readonly Decision[]): readonly Decision[] => {
  const known = new Set(a.map(({ id }) => id))
  const added = b.filter(({ id }) => !known.has(id))
  if (added.length === 0) return a
  return [...a, ...added].sort((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1))
}

/** Decisions that nobody has taken back. */
export const standingDecisions = (decisions: readonly Decision[]): readonly Decision[] => {
  const withdrawn = new Set(
    decisions.flatMap(({ action }) => (action.kind === 'withdraw' ? [action.decision] : [])),
  )
  return decisions.filter(({ id, action }) => action.kind !== 'withdraw' && !withdrawn.has(id))
}

/** When each invoice was given up by an operator, and how. The first decision counts. */
export const givenUp = (
  decisions: readonly Decision[],
): ReadonlyMap<string, { readonly at: number; readonly as: 'stopped' | 'written_off' }> => {
  const found = new Map<string, { at: number; as: 'stopped' | 'written_off' }>()
  for (const { at, action } of standingDecisions(decisions)) {
    if (action.kind !== 'stop' && action.kind !== 'write_off') continue
    for (const invoice of action.invoices)
      if (!found.has(invoice))
        found.set(invoice, { at, as: action.kind === 'stop' ? 'stopped' : 'written_off' })
  }
  return found
}

export interface Pause {
  readonly from: number
  readonly to: number
}

/** Spans of one kind of pause, joined where they overlap. A pause ends at its date or when somebody resumes. */
export const pausesOf = (decisions: readonly Decision[], mode: 'freeze' | 'mute'): readonly Pause[] => {
  const standing = standingDecisions(decisions)
  const resumed = standing.flatMap(({ at, action }) => (action.kind === 'resume' ? [at] : []))
  const spans: { from: number; to: number }[] = []
  for (const { at, action } of standing) {
    if (action.kind !== 'pause' || action.mode !== mode) continue
    const to = Math.min(action.until, ...resumed.filter((instant) => instant >= at))
    const last = spans.at(-1)
    if (last !== undefined && at <= last.to) last.to = Math.max(last.to, to)
    else if (to > at) spans.push({ from: at, to })
  }
  return spans
}
