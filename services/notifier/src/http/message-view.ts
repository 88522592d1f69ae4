import type { MessageRow } from '../adapters/message-rows.ts'
import { maskAddress } from '../domain/mail-address.ts'

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

/** A ledger row as operators see it: no address in clear, no key, no text. */
export const messageView = (row: MessageRow) => ({
  id: row._id,
  template: row.template,
  state: row.state,
  license_id: row.licenseId,
  account: row.account,
  livemode: row.livemode,
  occurrence: row.occurrence,
  license_version: row.frozen?.version ?? row.version,
  recipient: row.frozen === null ? null : maskAddress(row.frozen.to),
  message_id: row.frozen?.messageId ?? null,
  attempts: row.attempts,
  failure: row.failure,
  created_at: iso(row.createdAt),
  rendered_at: iso(row.renderedAt),
  sending_at: iso(row.sendingAt),
  settled_at: iso(row.settledAt),
})
