import { acceptDispute, endDispute, openDispute } from '../billing/disputes.ts'
import { createdFilter, paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import type { DisputeRecord } from '../objects/payment.ts'

const disputeOf = ({ world, id }: Call): DisputeRecord => world.need('dispute', id, 'id')

/** Stripe's test evidence decides a dispute as soon as it is submitted. */
const VERDICTS = { winning_evidence: 'won', losing_evidence: 'lost' } as const

const update = (call: Call): DisputeRecord => {
  const { params, world } = call
  const dispute = disputeOf(call)
  const evidence = { ...dispute.evidence, ...params.map('evidence') }
  const submitted = params.flag('submit') !== false && params.has('evidence')
  const inquiry = dispute.status.startsWith('warning')
  const answered = world.change('charge.dispute.updated', dispute, {
    evidence,
    metadata: mergeMetadata(dispute.metadata, params.map('metadata')),
    submission_count: dispute.submission_count + (submitted ? 1 : 0),
    status: submitted ? (inquiry ? 'warning_under_review' : 'under_review') : dispute.status,
  })
  const verdict = Object.entries(VERDICTS).find(([text]) => text === evidence.uncategorized_text)?.[1]
  if (!submitted || verdict === undefined) return answered
  return endDispute(world, answered, inquiry && verdict === 'won' ? 'warning_closed' : verdict)
}

export const disputeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/disputes',
    handle: ({ world, params }) => {
      const charge = params.text('charge')
      const intent = params.text('payment_intent')
      const inTime = createdFilter(params)
      const disputes = world
        .all('dispute')
        .filter(
          (dispute) =>
            inTime(dispute.created) &&
            (charge ?? dispute.charge) === dispute.charge &&
            (intent ?? dispute.payment_intent) === dispute.payment_intent,
        )
      return { page: paginate(disputes, params, '/v1/disputes') }
    },
  },
  { method: 'GET', path: '/v1/disputes/:id', handle: (call) => ({ record: disputeOf(call) }) },
  { method: 'POST', path: '/v1/disputes/:id', handle: (call) => ({ record: update(call) }) },
  {
    method: 'POST',
    path: '/v1/disputes/:id/close',
    handle: (call) => ({ record: acceptDispute(call.world, disputeOf(call)) }),
  },
  {
    method: 'POST',
    path: '/v1/sandbox/charges/:id/dispute',
    handle: ({ world, params, id }) => ({
      record: openDispute(world, world.need('charge', id, 'id'), {
        reason: params.text('reason') ?? 'fraudulent',
        inquiry: params.flag('inquiry') ?? false,
      }),
    }),
  },
]
