import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { Metadata } from '../objects/metadata.ts'
import type { ChargeRecord, RefundRecord } from '../objects/payment.ts'

export interface NewRefund {
  /** Minor units; absent refunds the rest. */
  readonly amount?: number
  readonly metadata?: Metadata
  readonly reason?: string | null
}

/** Gives money back. The charge counts what was refunded in all, and is `refunded` only when nothing is left. */
export const refundCharge = (world: World, charge: ChargeRecord, given: NewRefund): RefundRecord => {
  const left = charge.amount - charge.amount_refunded
  if (charge.status !== 'succeeded')
    throw invalidRequest(`Charge ${charge.id} has not succeeded and cannot be refunded.`, 'charge')
  if (left === 0)
    throw invalidRequest(
      `Charge ${charge.id} has already been refunded.`,
      undefined,
      'charge_already_refunded',
    )
  const amount = given.amount ?? left
  if (amount < 1 || amount > left)
    throw invalidRequest(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      'amount',
    )
  const refund = world.put<RefundRecord>({
    object: 'refund',
    id: newId('re'),
    created: world.now,
    amount,
    charge: charge.id,
    currency: charge.currency,
    metadata: given.metadata ?? {},
    payment_intent: charge.payment_intent,
    reason: given.reason ?? null,
    status: 'succeeded',
  })
  world.emit('refund.created', refund)
  const amount_refunded = charge.amount_refunded + amount
  world.change<ChargeRecord>('charge.refunded', charge, {
    amount_refunded,
    refunds: [refund, ...charge.refunds],
  })
  return refund
}
