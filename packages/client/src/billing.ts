/** How the license stands with its payments, to tell inside the product. Not signed: show it, and never lock for it. */
export interface Billing {
  readonly state: 'past_due' | 'downgraded' | 'suspended'
  /** When the next restriction comes; null when none is planned. */
  readonly restrictAt: Date | null
  /** Where a person can pay or change the card; null = nowhere, or not a web address. */
  readonly updatePaymentUrl: string | null
}

const STATES: readonly unknown[] = ['past_due', 'downgraded', 'suspended']

/** Reads what the server said; anything else than documented is nothing. */
export const readBilling = (said: unknown): Billing | null => {
  if (typeof said !== 'object' || said === null) return null
  const { state, restrictAt, updatePaymentUrl } = said as Readonly<Record<string, unknown>>
  if (!STATES.includes(state)) return null
  const at = new Date(typeof restrictAt === 'string' ? restrictAt : Number.NaN)
  const isWeb = typeof updatePaymentUrl === 'string' && /^https?:\/\//.test(updatePaymentUrl)
  return {
    state: state as Billing['state'],
    restrictAt: Number.isNaN(at.getTime()) ? null : at,
    updatePaymentUrl: isWeb ? updatePaymentUrl : null,
  }
}
