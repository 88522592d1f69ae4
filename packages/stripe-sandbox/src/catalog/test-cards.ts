export type CardBehavior =
  | { readonly kind: 'succeeds' }
  | {
      readonly kind: 'declines'
      readonly code: string
      readonly decline_code: string
      readonly message: string
      /** Refused already when attached to a customer, as most of Stripe's declining cards are. */
      readonly at: 'attach' | 'charge'
    }
  | { readonly kind: 'requires_action' }
  | { readonly kind: 'disputes'; readonly reason: string; readonly inquiry: boolean }

interface TestCard {
  readonly number: string
  readonly brand: string
  readonly behavior: CardBehavior
}

const succeeds: CardBehavior = { kind: 'succeeds' }

const declines = (
  decline_code: string,
  message: string,
  at: 'attach' | 'charge' = 'attach',
  code = 'card_declined',
): CardBehavior => ({ kind: 'declines', code, decline_code, message, at })

const disputes = (reason: string, inquiry = false): CardBehavior => ({ kind: 'disputes', reason, inquiry })

const DECLINED = 'Your card was declined.'

/** Stripe's published test cards, by the names of their payment methods (`pm_card_<name>`). */
const TEST_CARDS = {
  visa: { number: '4242424242424242', brand: 'visa', behavior: succeeds },
  mastercard: { number: '5555555555554444', brand: 'mastercard', behavior: succeeds },
  amex: { number: '378282246310005', brand: 'amex', behavior: succeeds },
  chargeCustomerFail: {
    number: '4000000000000341',
    brand: 'visa',
    behavior: declines('generic_decline', DECLINED, 'charge'),
  },
  chargeDeclined: {
    number: '4000000000000002',
    brand: 'visa',
    behavior: declines('generic_decline', DECLINED),
  },
  chargeDeclinedInsufficientFunds: {
    number: '4000000000009995',
    brand: 'visa',
    behavior: declines('insufficient_funds', 'Your card has insufficient funds.'),
  },
  chargeDeclinedExpiredCard: {
    number: '4000000000000069',
    brand: 'visa',
    behavior: declines('expired_card', 'Your card has expired.', 'attach', 'expired_card'),
  },
  chargeDeclinedLostCard: {
    number: '4000000000009987',
    brand: 'visa',
    behavior: declines('lost_card', DECLINED),
  },
  chargeDeclinedIncorrectCvc: {
    number: '4000000000000127',
    brand: 'visa',
    behavior: declines('incorrect_cvc', "Your card's security code is incorrect.", 'attach', 'incorrect_cvc'),
  },
  chargeDeclinedProcessingError: {
    number: '4000000000000119',
    brand: 'visa',
    behavior: declines(
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
      'attach',
      'processing_error',
    ),
  },
  threeDSecure2Required: {
    number: '4000000000003220',
    brand: 'visa',
    behavior: { kind: 'requires_action' },
  },
  authenticationRequired: {
    number: '4000002760003184',
    brand: 'visa',
    behavior: { kind: 'requires_action' },
  },
  createDispute: { number: '4000000000000259', brand: 'visa', behavior: disputes('fraudulent') },
  createDisputeProductNotReceived: {
    number: '4000000000002685',
    brand: 'visa',
    behavior: disputes('product_not_received'),
  },
  createDisputeInquiry: {
    number: '4000000000001976',
    brand: 'visa',
    behavior: disputes('general', true),
  },
} as const satisfies Readonly<Record<string, TestCard>>

export type TestCardName = keyof typeof TEST_CARDS

export const testCard = (name: TestCardName): TestCard => TEST_CARDS[name]

const NAMES = Object.keys(TEST_CARDS) as TestCardName[]

/** Finds a card by `pm_card_visa`, `tok_visa`, `visa_chargeDeclined` or its number; undefined when there is no such test card. */
export const findTestCard = (given: string): TestCardName | undefined => {
  const digits = given.replaceAll(' ', '')
  const name = given.replace(/^(pm_card_|tok_)/, '').replace(/^visa_/, '')
  return NAMES.find((candidate) => candidate === name || TEST_CARDS[candidate].number === digits)
}
