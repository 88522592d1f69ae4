import type { CardBehavior } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { ChargeRecord, DisputeRecord, DisputeStatus } from '../objects/payment.ts'

const ANSWER_WITHIN = 9 * 86_400

/** Opens a dispute, or an inquiry, which moves no funds. */
export const openDispute = (
  world: World,
  charge: ChargeRecord,
  { reason, inquiry }: Pick<Extract<CardBehavior, { kind: 'disputes' }>, 'reason' | 'inquiry'>,
): DisputeRecord => {
  world.put<ChargeRecord>({ ...charge, disputed: true })
  const dispute = world.put<DisputeRecord>({
    object: 'dispute',
    id: newId('du'),
    created: world.now,
    amount: charge.amount,
    charge: charge.id,
    currency: charge.currency,
    due_by: world.now + ANSWER_WITHIN,
    evidence: {},
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
    submission_count: 0,
  })
  world.emit('charge.dispute.created', dispute)
  if (!inquiry) world.emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

const isOver = ({ status }: DisputeRecord): boolean => ['won', 'lost', 'warning_closed'].includes(status)

/** Ends a dispute; money comes back only when it was won. */
export const endDispute = (world: World, dispute: DisputeRecord, status: DisputeStatus): DisputeRecord => {
  if (isOver(dispute)) throw invalidRequest('This dispute is already closed.', 'dispute')
  const ended = world.change('charge.dispute.closed', dispute, { status })
  if (status === 'won') world.emit('charge.dispute.funds_reinstated', ended)
  return ended
}

/** Accepts the dispute as `POST /v1/disputes/{id}/close` does. */
export const acceptDispute = (world: World, dispute: DisputeRecord): DisputeRecord =>
  endDispute(world, dispute, dispute.status.startsWith('warning') ? 'warning_closed' : 'lost')
