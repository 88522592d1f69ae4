import { HEADER, keyflowHeaders, type MailEvent, type MailEventType, scopedId } from '@keyflow/contracts'
import type { OutboxEntry } from '@keyflow/runtime'
import type { MessageRow } from '../adapters/message-rows.ts'
import type { MessageState } from '../domain/message.ts'

export type Reported = Pick<
  MessageRow,
  '_id' | 'account' | 'livemode' | 'template' | 'customer' | 'licenseId' | 'order' | 'trace' | 'receivedAt'
>

const TYPES: Partial<Record<MessageState, MailEventType>> = {
  accepted: 'mail.accepted',
  delivered: 'mail.accepted',
  bounced: 'mail.bounced',
  complained: 'mail.complained',
  failed: 'mail.failed',
  unknown: 'mail.unknown',
  suppressed: 'mail.suppressed',
  superseded: 'mail.dropped',
  expired: 'mail.dropped',
}

/**
 * The record that tells others what became of a mail: of notices always, of other mails only what went wrong with the
 * address. None for what nobody waits for.
 */
export const mailEntries = (
  topic: string,
  row: Reported,
  state: MessageState,
  reason: string | null,
  at: Date,
): readonly OutboxEntry[] => {
  const type = TYPES[state]
  const notice = row.order?.notice ?? null
  const isAboutAddress = state === 'bounced' || state === 'complained'
  if (type === undefined || (notice === null && !isAboutAddress)) return []
  const event: MailEvent = {
    id: `${row._id}:${type}`,
    type,
    schemaVersion: 1,
    at: at.toISOString(),
    account: row.account,
    livemode: row.livemode,
    message: row._id,
    template: row.template,
    customer: row.customer,
    licenseId: row.licenseId,
    notice: notice === null ? null : { caseId: notice.caseId, key: notice.key },
    reason: type === 'mail.accepted' ? null : reason,
  }
  return [
    {
      id: event.id,
      topic,
      key: row.order?.recordKey ?? scopedId(row, row.customer ?? row.licenseId ?? row._id),
      value: JSON.stringify(event),
      headers: {
        ...row.trace,
        ...(row.receivedAt === null ? {} : { [HEADER.receivedAt]: String(row.receivedAt) }),
        ...keyflowHeaders({
          id: event.id,
          source: 'keyflow/notifier',
          type,
          subject: event.message,
          at: event.at,
          scope: row,
        }),
      },
    },
  ]
}
