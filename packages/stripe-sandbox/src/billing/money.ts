import type { PriceRecord } from '../objects/catalog.ts'

const SYMBOLS: Readonly<Record<string, string>> = { usd: '$', eur: '€', gbp: '£' }

/** `$29.00` of 2900 minor units. */
export const money = (amount: number, currency: string): string =>
  `${SYMBOLS[currency] ?? `${currency.toUpperCase()} `}${(amount / 100).toFixed(2)}`

/** `1 × Keyflow Pro (at $29.00 / month)`, the text of an invoice line. */
export const lineText = (price: PriceRecord, quantity: number): string =>
  price.recurring === null
    ? `${price.product_name}`
    : `${quantity} × ${price.product_name} (at ${money(price.unit_amount, price.currency)} / ${price.recurring.interval})`
