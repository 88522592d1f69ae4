import type { Address, Shipping } from './address.ts'
import type { Metadata } from './metadata.ts'

export interface CustomerRecord {
  readonly object: 'customer'
  readonly id: string
  readonly created: number
  readonly address: Address | null
  /** Minor units; negative is credit. */
  readonly balance: number
  readonly currency: string | null
  readonly default_payment_method: string | null
  readonly deleted: boolean
  readonly delinquent: boolean
  readonly description: string | null
  readonly email: string | null
  readonly invoice_prefix: string
  readonly metadata: Metadata
  readonly name: string | null
  readonly next_invoice_sequence: number
  readonly phone: string | null
  readonly preferred_locales: readonly string[]
  readonly shipping: Shipping | null
  readonly test_clock: string | null
}
