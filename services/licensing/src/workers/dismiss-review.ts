import { keyflowHeaders, type RecordHeaders, type ReviewDismissal } from '@keyflow/contracts'
import type { ReviewEntry } from '../adapters/mongo-reviews.ts'
import { type OperateDeps, untilFolded } from './operate-license.ts'

/**
 * Appends to the log that a person closed a review, and waits until that is folded. Resolves with false when it is not
 * folded within five seconds: it is in the log and will be.
 */
export const createDismissReview =
  (deps: OperateDeps) =>
  async (
    entry: ReviewEntry,
    by: { readonly id: string; readonly actor: string; readonly reason: string },
  ): Promise<boolean> => {
    const { account, livemode } = entry
    const dismissal: ReviewDismissal = {
      ...by,
      at: deps.clock().toISOString(),
      account,
      livemode,
      reviewId: entry.id,
      ref: entry.subjects[0] ?? entry.id,
    }
    await deps.publisher.publish({
      topic: deps.topic,
      key: entry.ledger,
      value: JSON.stringify(dismissal),
      headers: headersOf(dismissal),
    })
    return untilFolded(deps.store, dismissal.id)
  }

const headersOf = (dismissal: ReviewDismissal): RecordHeaders =>
  keyflowHeaders({
    id: dismissal.id,
    source: 'keyflow/licensing/api',
    type: 'review.dismissed',
    subject: dismissal.reviewId,
    at: dismissal.at,
    scope: dismissal,
  })
