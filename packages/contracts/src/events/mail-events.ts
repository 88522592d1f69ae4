import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'

const Nullable = Type.Union([Type.String(), Type.Null()])

/**
 * What became of a mail, as far as somebody else has to know: a notice of dunning counts only once it was accepted, and no
 * longer when it bounced. `accepted` may be followed by `bounced` or `complained`; nothing follows those.
 */
export const MAIL_EVENT_TYPES = [
  /** A relay (or, of test mode, the sink) has taken it. */
  'mail.accepted',
  /** Refused for good by the recipient's side, at once or by a later report. */
  'mail.bounced',
  /** Given up without a copy: refused content, no relay for a day. */
  'mail.failed',
  /** Nobody can say whether it arrived. */
  'mail.unknown',
  /** Not sent: the address is suppressed. */
  'mail.suppressed',
  /** Not sent: it was no longer true, or too late. */
  'mail.dropped',
  /** The recipient called it spam. */
  'mail.complained',
] as const
export type MailEventType = (typeof MAIL_EVENT_TYPES)[number]

/** A record of `mail.events`, keyed by customer like the event that asked for the mail. Holds no address. */
export const MailEvent = Type.Object({
  /** `<message>:<type>`: deterministic, so a repeated publication is the same event. */
  id: Type.String(),
  type: oneOf(MAIL_EVENT_TYPES),
  schemaVersion: Type.Literal(1),
  /** When it became known. */
  at: Type.String({ format: 'date-time' }),
  account: Type.String(),
  livemode: Type.Boolean(),
  /** Id in the send ledger. */
  message: Type.String(),
  template: Type.String(),
  customer: Nullable,
  licenseId: Nullable,
  /** The notice that it was (`DunningNotice.key` of that case); null for every other mail. */
  notice: Type.Union([Type.Object({ caseId: Type.String(), key: Type.String() }), Type.Null()]),
  /** Short machine-readable cause, e.g. `hard_bounce`, `case_closed`, `expired`; null when accepted. */
  reason: Nullable,
})
export type MailEvent = Static<typeof MailEvent>
