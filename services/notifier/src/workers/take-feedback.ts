import {
  insertOutbox,
  inTransaction,
  type OutboxEntry,
  type PersonalVault,
  publishEntries,
  type RecordPublisher,
  type Store,
  type Transaction,
} from '@keyflow/runtime'
import type { HashAddress } from '../adapters/address-hash.ts'
import { insertFeedback, type KeptFeedback, softBouncesOf } from '../adapters/feedback-store.ts'
import { openMail } from '../adapters/frozen-mail.ts'
import { findByShortId } from '../adapters/message-queries.ts'
import type { MessageRow } from '../adapters/message-rows.ts'
import { finishedRow, writeMessages } from '../adapters/message-store.ts'
import { suppressAddress } from '../adapters/suppression-store.ts'
import { maskAddress } from '../domain/mail-address.ts'
import type { MailFeedback } from '../domain/mail-feedback.ts'
import { SOFT_BOUNCES, type Suppression } from '../domain/suppression.ts'
import { mailEntries } from './mail-entry.ts'
import type { ReportMail } from './report-mail.ts'
import { suppressBounced } from './suppress-bounced.ts'
import { tryOtherAddress } from './try-other-address.ts'

export interface TakeFeedbackOptions {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly personal: PersonalVault
  readonly hash: HashAddress
  readonly mailEvents: string
  readonly leaseMs: number
  readonly report: ReportMail
  readonly refresh: () => Promise<void>
  readonly clock: () => Date
}

export type Taken = 'taken' | 'duplicate' | 'unmatched'

/** States that a report may still change: content has left. */
const SENT: ReadonlySet<string> = new Set(['sending', 'accepted', 'delivered', 'unknown', 'bounced'])

/** Takes in what is reported of a mail, once: its state, the suppression of its address, and the word to whoever waits. */
export const createTakeFeedback = (options: TakeFeedbackOptions) => {
  const { store, personal, clock } = options
  const onBounce = suppressBounced(options)

  const suppress = async (
    session: Transaction['session'],
    row: MessageRow,
    reason: Suppression['reason'],
    until: string | null,
  ): Promise<void> => {
    const mail = row.frozen === null ? null : await openMail(personal, row.frozen)
    if (mail === null) return
    const addressHash = options.hash(mail.to)
    const masked = maskAddress(mail.to)
    await suppressAddress(
      store,
      { addressHash, masked, reason, until, message: row._id, actor: null },
      session,
    )
  }

  const apply = async (
    session: Transaction['session'],
    row: MessageRow,
    feedback: MailFeedback,
  ): Promise<'delivered' | 'bounced' | 'complained' | null> => {
    switch (feedback.kind) {
      case 'delivered':
        return row.state === 'bounced' ? null : 'delivered'
      case 'complaint':
        await suppress(session, row, 'complaint', null)
        return 'complained'
      case 'hard_bounce':
        await tryOtherAddress({ ...options, onBounce }, session, row)
        return 'bounced'
      case 'soft_bounce': {
        if (row.addressHash === null) return null
        const count = await softBouncesOf(store, session, row.addressHash, SOFT_BOUNCES.withinMs)
        if (count < SOFT_BOUNCES.count) return null
        const until = new Date(clock().getTime() + SOFT_BOUNCES.forMs).toISOString()
        await suppress(session, row, 'soft_bounces', until)
        return 'bounced'
      }
      default:
        return feedback.kind satisfies never
    }
  }

  return async (feedback: MailFeedback): Promise<Taken> => {
    let outbox: readonly OutboxEntry[] = []
    const taken = await inTransaction(store, async (session) => {
      outbox = []
      const row = await findByShortId(store, feedback.shortId, session)
      const kept: KeptFeedback = {
        ...feedback,
        message: row?._id ?? null,
        addressHash: row?.addressHash ?? null,
      }
      if (!(await insertFeedback(store, session, kept))) return { kind: 'duplicate' as const }
      if (row === null || !SENT.has(row.state)) return { kind: 'unmatched' as const }
      const state = await apply(session, row, feedback)
      if (state === null) return { kind: 'taken' as const, row, state }
      await writeMessages(store, session, [finishedRow(row._id, state, { code: feedback.kind, reply: null })])
      outbox = mailEntries(options.mailEvents, row, state, feedback.kind, clock())
      await insertOutbox(store, session, outbox, clock())
      return { kind: 'taken' as const, row, state }
    })
    if (outbox.length > 0) await publishEntries(store, options.publisher, outbox).catch(() => {})
    if (taken.kind === 'taken' && taken.state !== null)
      options.report.feedback(taken.row, taken.state, feedback.kind)
    if (taken.kind === 'unmatched') options.report.unmatched(feedback.kind)
    if (taken.kind === 'taken') await options.refresh()
    return taken.kind
  }
}
export type TakeFeedback = ReturnType<typeof createTakeFeedback>
