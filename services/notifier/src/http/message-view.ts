import type { MessageRow } from '../adapters/message-rows.ts'
import { maskAddress } from '../domain/mail-address.ts'

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

/** A ledger row as operators see it: no address in clear, no key, no text. `to` is opened by whoever asks. */
export const messageView = (row: MessageRow, to: string | null) => ({
  id: row._id,
  template: row.template,
  state: row.state,
  license_id: row.licenseId,
  account: row.account,
  livemode: row.livemode,
  occurrence: row.occurrence,
  notice: row.order?.notice == null ? null : { case_id: row.order.notice.caseId, key: row.order.notice.key },
  license_version: row.frozen?.said?.version ?? row.version,
  recipient: to === null ? null : maskAddress(to),
  message_id: row.frozen?.messageId ?? null,
  relay: row.relay,
  attempts: row.attempts,
  unknown_outcomes: row.unknowns,
  failure: row.failure,
  created_at: iso(row.createdAt),
  rendered_at: iso(row.renderedAt),
  sending_at: iso(row.sendingAt),
  settled_at: iso(row.settledAt),
  sent_again_at: iso(row.repeatAt),
})
export type MessageView = ReturnType<typeof messageView>
