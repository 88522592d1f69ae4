import type { TemplateRules } from './templates.ts'

export const SUPPRESSION_REASONS = [
  'hard_bounce',
  'soft_bounces',
  'complaint',
  'unsubscribed',
  'operator',
] as const
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number]

export interface Suppression {
  readonly reason: SuppressionReason
  /** ISO 8601; null = until it is released. */
  readonly until: string | null
}

/** Whether an address must not get a mail of that category now. */
export const suppresses = (
  { reason, until }: Suppression,
  category: TemplateRules['category'],
  now: Date,
): boolean => {
  if (until !== null && Date.parse(until) <= now.getTime()) return false
  switch (reason) {
    case 'unsubscribed':
      return category === 'optional'
    // A key that was paid for is not withheld from who once pressed the wrong button.
    case 'complaint':
      return category !== 'key'
    case 'hard_bounce':
    case 'soft_bounces':
    case 'operator':
      return true
    default:
      return reason satisfies never
  }
}

/** So many soft bounces within so long count like a hard one, for so long. */
export const SOFT_BOUNCES = { count: 3, withinMs: 72 * 3_600_000, forMs: 14 * 86_400_000 } as const
