import type { NoticeTemplate } from '@keyflow/contracts'
import type { IsoDuration, TimeWindow } from './calendar.ts'
import type { DeclineClass } from './decline-class.ts'

/** All that is named must hold. An empty one matches everything. */
export interface Match {
  readonly tier?: readonly string[]
  /** ISO 3166 codes. */
  readonly country?: readonly string[]
  /** ISO 4217 codes, lower case as Stripe writes them. */
  readonly currency?: readonly string[]
  /** Outstanding minor units by currency; any currency that reaches its bound is enough. */
  readonly amountAtLeast?: Readonly<Record<string, number>>
  /** At least one of them. */
  readonly tags?: readonly string[]
  readonly collectionMethod?: readonly ('charge_automatically' | 'send_invoice')[]
  readonly livemode?: boolean
  readonly decline?: readonly DeclineClass[]
}

export type RestrictLevel = 'downgraded' | 'suspended'

export type StepAction =
  | { readonly email: NoticeTemplate }
  | { readonly restrict: { readonly level: RestrictLevel; readonly to?: string } }
  | { readonly task: { readonly title: string } }

export interface Step {
  readonly id: string
  /** Since the first failure of the oldest outstanding invoice. */
  readonly after: IsoDuration
  readonly do: readonly StepAction[]
  readonly when?: Match
  /** Id of the restriction that the mail of this step announces. */
  readonly announces?: string
  /** Of a restriction: how long before it a mail that announced it must have been accepted. */
  readonly notice?: { readonly min: IsoDuration }
}

export interface DeclineOverride {
  /** Other templates, by step. */
  readonly template?: Readonly<Record<string, NoticeTemplate>>
  readonly extra?: readonly Step[]
  /** Nobody is written to before this has passed. */
  readonly quiet?: IsoDuration
}

export interface Policy {
  readonly id: string
  readonly match: Match
  readonly clock: {
    /** `customer`, `account`, or an IANA zone. */
    readonly zone: string
    readonly sendWindow: TimeWindow | null
    readonly restrictWindow: TimeWindow | null
  }
  readonly open: {
    readonly on: readonly ('payment_failed' | 'action_required' | 'overdue')[]
    /** Invoices below this are left alone. Minor units by currency. */
    readonly minAmount: Readonly<Record<string, number>>
    readonly quiet: IsoDuration
  }
  readonly steps: readonly Step[]
  readonly byDecline: Readonly<Partial<Record<DeclineClass, DeclineOverride>>>
  readonly recovery: {
    readonly email: 'payment_recovered' | null
    /** Does an invoice that was marked uncollectible lift its restriction? */
    readonly restoreOnWriteOff: boolean
  }
  readonly end: { readonly after: IsoDuration; readonly onStripeCancel: 'timeline' | 'now' }
  readonly limits: {
    /** Mails to one customer within 24 hours; reminders above it wait. Mails about a restriction never do. */
    readonly perCustomerPerDay: number
    readonly perEpisode: number
    /** Least time between two restrictions. */
    readonly minGap: IsoDuration
  }
  /** A mail that announces a restriction cannot be delivered: wait for a person, or act after this long. */
  readonly noticeFallback: 'hold' | { readonly proceedAfter: IsoDuration }
  /** Stripe does not answer the question that precedes every restriction: wait, or act after a day. */
  readonly onUnverifiable: 'hold' | 'proceed'
  readonly stripe: {
    readonly expect: {
      readonly retryWindow: IsoDuration
      readonly finalAction: 'cancel' | 'unpaid' | 'past_due' | 'pause'
      readonly customerEmails: boolean
    }
  }
}

/** A policy as it was read, with the hash that running cases keep. */
export interface PinnedPolicy {
  readonly hash: string
  readonly policy: Policy
}

/** First match wins. `retired`: what running cases began under, by hash. */
export interface PolicyBook {
  readonly current: readonly PinnedPolicy[]
  readonly retired: ReadonlyMap<string, Policy>
}

export const restrictionOf = (
  step: Step,
): { readonly level: RestrictLevel; readonly to: string | null } | null => {
  for (const action of step.do)
    if ('restrict' in action) return { level: action.restrict.level, to: action.restrict.to ?? null }
  return null
}

export const emailOf = (step: Step): NoticeTemplate | null => {
  for (const action of step.do) if ('email' in action) return action.email
  return null
}

export const taskOf = (step: Step): string | null => {
  for (const action of step.do) if ('task' in action) return action.task.title
  return null
}
