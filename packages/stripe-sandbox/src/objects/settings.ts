export type FinalAction = 'cancel' | 'unpaid' | 'past_due' | 'pause'

/** What is set in Stripe's dashboard and what no API reads: here it has one. */
export interface SettingsRecord {
  readonly object: 'sandbox.settings'
  readonly id: 'settings'
  /** Days from each failed automatic try to the next. After the last of them nothing is tried any more. */
  readonly retry_after_days: readonly number[]
  /** What becomes of a subscription when the last automatic try has failed. */
  readonly final_action: FinalAction
}
