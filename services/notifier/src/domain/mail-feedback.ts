/** What a provider or a mail server says of a mail after it was handed over. */
export type FeedbackKind = 'delivered' | 'hard_bounce' | 'soft_bounce' | 'complaint'

export interface MailFeedback {
  /** Deterministic: the same report twice is one. */
  readonly id: string
  /** First digits of the message's id. */
  readonly shortId: string
  readonly kind: FeedbackKind
  /** Enhanced status or the provider's word for it; no personal data. */
  readonly detail: string | null
}

/** RFC 3463: class 5 is for good, class 4 for now; of class 5 some are the sender's or a full mailbox's, and pass. */
export const kindOfStatus = (action: string, status: string | null): FeedbackKind | null => {
  switch (action) {
    case 'delivered':
    case 'relayed':
    case 'expanded':
      return 'delivered'
    case 'delayed':
      return 'soft_bounce'
    case 'failed':
      return status !== null && /^(4\.|5\.(2\.2|2\.3|3\.\d+|4\.\d+|6\.\d+|7\.\d+)$)/.test(status)
        ? 'soft_bounce'
        : 'hard_bounce'
    default:
      return null
  }
}
