import { createHash } from 'node:crypto'
import { simpleParser } from 'mailparser'
import { kindOfStatus, type MailFeedback } from '../domain/mail-feedback.ts'
import { SHORT_ID } from '../domain/message.ts'

interface Fields {
  readonly get: (name: string) => string | null
}

/** Fields of one group of a delivery status (RFC 3464), unfolded; names in lower case, of a repeated field the first. */
const fieldsOf = (group: string): Fields => {
  const fields = new Map<string, string>()
  for (const line of group.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase()))
      fields.set(name.toLowerCase(), value.trim())
  }
  return { get: (name) => fields.get(name) ?? null }
}

const OUR_HEADER = /^X-Keyflow-Message:\s*([0-9a-f]{40})\s*$/im

/** What a report needs to be believed and understood. */
export interface DsnContext {
  /** Id that an address of ours stands for; null for any other address. */
  readonly shortIdOf: (address: string) => string | null
}

/**
 * Reads a report that came back by mail: of delivery (RFC 3464) or of abuse (ARF, RFC 5965). It counts only when it came to
 * a return path that we gave out: anybody can write a report, but nobody else knows that address. Null for all other mail.
 */
export const readDsn = async (
  raw: Buffer,
  envelopeTo: string | null,
  { shortIdOf }: DsnContext,
): Promise<MailFeedback | null> => {
  const mail = await simpleParser(raw, {
    keepDeliveryStatus: true,
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
  })
  const recipients = [
    ...(envelopeTo === null ? [] : [envelopeTo]),
    ...[mail.to ?? []].flat().flatMap((list) => list.value.map(({ address }) => address ?? '')),
  ]
  const shortId = recipients.map(shortIdOf).find((id) => id !== null) ?? null
  if (shortId === null) return null
  const text = raw.toString('latin1')
  const named = OUR_HEADER.exec(text)?.[1] ?? shortId
  if (named.slice(0, SHORT_ID) !== shortId) return null
  const id = `dsn:${createHash('sha256').update(raw).digest('hex')}`

  const part = (type: string): string | null =>
    mail.attachments.find(({ contentType }) => contentType === type)?.content.toString('utf8') ?? null
  const abuse = part('message/feedback-report')
  if (abuse !== null) return { id, shortId, kind: 'complaint', detail: fieldsOf(abuse).get('feedback-type') }
  const status = part('message/delivery-status') ?? part('message/global-delivery-status')
  if (status === null) return null
  const [, ...perRecipient] = status.trim().split(/\r?\n\s*\r?\n/)
  const found = perRecipient.flatMap((group) => {
    const fields = fieldsOf(group)
    const code = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? null
    const kind = kindOfStatus((fields.get('action') ?? '').toLowerCase(), code)
    return kind === null ? [] : [{ kind, detail: code }]
  })
  // One recipient for each mail of ours: should there be more groups, the worst is what counts.
  const worst =
    found.find(({ kind }) => kind === 'hard_bounce') ??
    found.find(({ kind }) => kind === 'soft_bounce') ??
    found[0]
  return worst === undefined ? null : { id, shortId, ...worst }
}
