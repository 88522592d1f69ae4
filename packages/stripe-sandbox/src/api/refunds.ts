import { refundCharge } from '../billing/refunds.ts'
import { createdFilter, paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest, missingResource } from '../http/stripe-error.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import type { ChargeRecord, RefundRecord } from '../objects/payment.ts'

const chargeFor = ({ params, world }: Call): ChargeRecord => {
  const charge = params.text('charge')
  if (charge !== undefined) return world.need('charge', charge, 'charge')
  const given = params.text('payment_intent')
  if (given === undefined)
    throw invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
    )
  const intent = world.need('payment_intent', given, 'payment_intent')
  const latest = world.get('charge', intent.latest_charge)
  if (latest === undefined || intent.status !== 'succeeded')
    throw missingResource('successful charge of payment_intent', given, 'payment_intent')
  return latest
}

const update = ({ params, world, id }: Call): RefundRecord => {
  const refund = world.need('refund', id, 'id')
  const updated = world.change('refund.updated', refund, {
    metadata: mergeMetadata(refund.metadata, params.map('metadata')),
  })
  world.emit('charge.refund.updated', updated, refund)
  return updated
}

export const refundRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/refunds',
    handle: (call) => {
      const { params, world } = call
      const amount = params.integer('amount')
      const given = {
        metadata: params.map('metadata') ?? {},
        reason: params.text('reason') ?? null,
        ...(amount === undefined ? {} : { amount }),
      }
      return { record: refundCharge(world, chargeFor(call), given) }
    },
  },
  {
    method: 'GET',
    path: '/v1/refunds',
    handle: ({ world, params }) => {
      const charge = params.text('charge')
      const intent = params.text('payment_intent')
      const inTime = createdFilter(params)
      const refunds = world
        .all('refund')
        .filter(
          (refund) =>
            inTime(refund.created) &&
            (charge ?? refund.charge) === refund.charge &&
            (intent ?? refund.payment_intent) === refund.payment_intent,
        )
      return { page: paginate(refunds, params, '/v1/refunds') }
    },
  },
  {
    method: 'GET',
    path: '/v1/refunds/:id',
    handle: ({ world, id }) => ({ record: world.need('refund', id, 'id') }),
  },
  { method: 'POST', path: '/v1/refunds/:id', handle: (call) => ({ record: update(call) }) },
]
