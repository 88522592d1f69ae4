import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FeedbackKind, MailFeedback } from '../domain/mail-feedback.ts'
import { SHORT_ID } from '../domain/message.ts'

type Json = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** A short id, or the whole one. */
const shortIdIn = (value: unknown): string | null =>
  /^[0-9a-f]{40}/.exec(textOf(value) ?? '')?.[0]?.slice(0, SHORT_ID) ?? null

export const parseJson = (text: string): Json | null => {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return null
  }
}

/** Feedback of whoever speaks our own words; null when it does not say enough. */
export const readGeneric = (body: Json): MailFeedback | null => {
  const id = textOf(body.id)
  const shortId = shortIdIn(body.message)
  const kinds: readonly FeedbackKind[] = ['delivered', 'hard_bounce', 'soft_bounce', 'complaint']
  const kind = kinds.find((known) => known === body.kind)
  if (id === null || shortId === null || kind === undefined) return null
  return {
    id: `generic:${id.slice(0, 200)}`,
    shortId,
    kind,
    detail: textOf(body.detail)?.slice(0, 100) ?? null,
  }
}

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, at most five minutes old. */
export const isSignedGeneric = (secret: string, header: string | null, body: string, now: Date): boolean => {
  const [, at = '', given = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? []
  if (Math.abs(now.getTime() / 1000 - Number(at)) > 300 || at === '') return false
  const expected = createHmac('sha256', secret).update(`${at}.${body}`).digest()
  return timingSafeEqual(expected, Buffer.from(given, 'hex'))
}

/** Bounce types of Postmark after which the address takes nothing more. */
const POSTMARK_HARD: ReadonlySet<string> = new Set(['HardBounce', 'BadEmailAddress', 'ManuallyDeactivated'])

/** A Postmark webhook (Bounce, SpamComplaint, Delivery); our id travels in its metadata. */
export const readPostmark = (body: Json): MailFeedback | null => {
  const shortId = shortIdIn(objectOf(body.Metadata)?.message)
  const record = textOf(body.RecordType)
  const id = textOf(body.MessageID) ?? ''
  if (shortId === null) return null
  const of = (kind: FeedbackKind, detail: string | null): MailFeedback => ({
    id: `postmark:${record}:${String(body.ID ?? id)}`,
    shortId,
    kind,
    detail,
  })
  const type = textOf(body.Type)
  switch (record) {
    case 'Delivery':
      return of('delivered', null)
    case 'SpamComplaint':
      return of('complaint', type)
    case 'Bounce':
      return of(POSTMARK_HARD.has(type ?? '') ? 'hard_bounce' : 'soft_bounce', type)
    default:
      return null
  }
}

/** The user name does not matter; the password is compared in constant time. */
export const hasBasicPassword = (header: string | undefined, password: string): boolean => {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/.exec(header ?? '') ?? []
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const digest = (value: string): Buffer => createHmac('sha256', 'compare').update(value).digest()
  return timingSafeEqual(digest(text.slice(text.indexOf(':') + 1)), digest(password)) && encoded !== ''
}

/** An SES notification (the message of an SNS envelope); our id stands in the envelope sender or in a header. */
export const readSes = (
  snsId: string,
  message: Json,
  shortIdOf: (address: string) => string | null,
): MailFeedback | null => {
  const mail = objectOf(message.mail)
  const headers = Array.isArray(mail?.headers) ? mail.headers : []
  const named = headers
    .map(objectOf)
    .find((header) => textOf(header?.name)?.toLowerCase() === 'x-keyflow-message')
  const shortId = shortIdOf(textOf(mail?.source) ?? '') ?? shortIdIn(named?.value)
  if (shortId === null) return null
  const of = (kind: FeedbackKind, detail: string | null): MailFeedback => ({
    id: `ses:${snsId}`,
    shortId,
    kind,
    detail,
  })
  switch (textOf(message.notificationType) ?? textOf(message.eventType)) {
    case 'Delivery':
      return of('delivered', null)
    case 'Complaint':
      return of('complaint', textOf(objectOf(message.complaint)?.complaintFeedbackType))
    case 'Bounce': {
      const bounce = objectOf(message.bounce)
      const type = textOf(bounce?.bounceType)
      return of(type === 'Permanent' ? 'hard_bounce' : 'soft_bounce', textOf(bounce?.bounceSubType))
    }
    default:
      return null
  }
}
