import type { MailEventType } from '@keyflow/contracts'
import type { RestrictLevel } from './policy.ts'

/** A mail that was asked for on behalf of one case, and what became of it. Instants: unix milliseconds, by the case's clock. */
export interface Notice {
  readonly id: string
  /** The invoice that was the anchor. */
  readonly invoice: string
  readonly steps: readonly string[]
  /** Restrictions that it announced, with the date that it printed. */
  readonly announces: readonly Announcement[]
  readonly requestedAt: number
  readonly acceptedAt: number | null
  /** Bounced or suppressed: that address is no use. */
  readonly refusedAt: number | null
  readonly failedAt: number | null
}

export interface Announcement {
  readonly step: string
  readonly level: RestrictLevel
  readonly at: number
}

const FIELD: Readonly<Record<MailEventType, 'acceptedAt' | 'refusedAt' | 'failedAt' | null>> = {
  'mail.accepted': 'acceptedAt',
  'mail.bounced': 'refusedAt',
  'mail.suppressed': 'refusedAt',
  'mail.failed': 'failedAt',
  'mail.unknown': 'failedAt',
  'mail.dropped': 'failedAt',
  // Whoever calls it spam has received it.
  'mail.complained': null,
}

/** Folds one report in; the same notice comes back when it says nothing new. The first report of a kind counts. */
export const reportNotice = (notice: Notice, type: MailEventType, at: number): Notice => {
  const field = FIELD[type]
  if (field === null) return notice
  const known = notice[field]
  return known !== null && known <= at ? notice : { ...notice, [field]: at }
}

export type NoticeFate = 'pending' | 'accepted' | 'refused' | 'failed'

/** How a notice stands. Whatever a server took counts until it bounces; a failure that came before does not matter. */
export const fateOf = (notice: Notice): NoticeFate => {
  if (notice.refusedAt !== null) return 'refused'
  if (notice.acceptedAt !== null) return 'accepted'
  return notice.failedAt === null ? 'pending' : 'failed'
}
