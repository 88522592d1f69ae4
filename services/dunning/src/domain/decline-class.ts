/** Why a payment failed, as far as it changes what the customer can do. Never names theft or fraud. */
export const DECLINE_CLASSES = ['action_required', 'hard', 'soft', 'expired', 'no_method', 'unknown'] as const
export type DeclineClass = (typeof DECLINE_CLASSES)[number]

const CODES: Readonly<Record<string, DeclineClass>> = {
  authentication_required: 'action_required',
  payment_intent_authentication_failure: 'action_required',
  invoice_payment_intent_requires_action: 'action_required',
  subscription_payment_intent_requires_action: 'action_required',
  expired_card: 'expired',
  invalid_expiry_month: 'expired',
  invalid_expiry_year: 'expired',
  missing: 'no_method',
  payment_method_unactivated: 'no_method',
  resource_missing: 'no_method',
  approve_with_id: 'soft',
  call_issuer: 'soft',
  card_velocity_exceeded: 'soft',
  do_not_honor: 'soft',
  generic_decline: 'soft',
  insufficient_funds: 'soft',
  issuer_not_available: 'soft',
  processing_error: 'soft',
  reenter_transaction: 'soft',
  try_again_later: 'soft',
  withdrawal_count_limit_exceeded: 'soft',
  account_closed: 'hard',
  bank_account_restricted: 'hard',
  card_not_supported: 'hard',
  currency_not_supported: 'hard',
  debit_not_authorized: 'hard',
  fraudulent: 'hard',
  incorrect_number: 'hard',
  invalid_account: 'hard',
  lost_card: 'hard',
  no_account: 'hard',
  pickup_card: 'hard',
  restricted_card: 'hard',
  revocation_of_all_authorizations: 'hard',
  revocation_of_authorization: 'hard',
  security_violation: 'hard',
  stolen_card: 'hard',
  stop_payment_order: 'hard',
  transaction_not_allowed: 'hard',
}

/**
 * What kind of refusal it was, from Stripe's `decline_code` (else `code`). Stripe retries soft ones, and never hard ones. What
 * waits for the bank's confirmation is told by its own event; a code that came with it weighs less.
 */
export const declineClassOf = (code: string | null, needsAction: boolean): DeclineClass => {
  if (needsAction) return 'action_required'
  return code === null ? 'unknown' : (CODES[code] ?? 'unknown')
}
