import { createHash } from 'node:crypto'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { RenderedMail } from '../domain/mail-view.ts'
import type { FrozenMail } from '../domain/message.ts'
import { SHORT_ID } from '../domain/message.ts'

export interface Sender {
  readonly name: string
  readonly address: string
}

export interface DkimKey {
  readonly domainName: string
  readonly keySelector: string
  /** PEM. */
  readonly privateKey: string
}

export interface ComposeOptions {
  readonly sender: Sender
  readonly replyTo: string | null
  /** Null when the relay signs. */
  readonly dkim: DkimKey | null
  /** Postmark gives metadata back in its webhooks, and takes these headers off. */
  readonly forPostmark: boolean
}

interface Message {
  /** Id in the ledger. */
  readonly id: string
  /** The case that it belongs to: mails of one case are shown as a thread. */
  readonly caseId: string | null
}

/**
 * What a signature covers: RFC 8058 wants both headers of unsubscribing in it. Amazon's SES writes Message-ID and Date of its
 * own, so they are left out.
 */
const SIGNED_HEADERS = [
  'From',
  'Reply-To',
  'Subject',
  'To',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'References',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'Auto-Submitted',
].join(':')

/** The bytes of a mail (RFC 5322, text and HTML), signed if there is a key. */
export type ComposeMail = (frozen: FrozenMail, rendered: RenderedMail, message: Message) => Promise<Buffer>

/**
 * The same input gives the same bytes: Message-ID, Date and the MIME boundary come from it. Headers are encoded by the
 * library; files and addresses named in content are never read.
 */
export const createComposeMail = ({ sender, replyTo, dkim, forPostmark }: ComposeOptions): ComposeMail => {
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1)
  const signer =
    dkim === null
      ? null
      : new DKIM({ ...dkim, hashAlgo: 'sha256', cacheDir: false, headerFieldNames: SIGNED_HEADERS })
  return async (frozen, rendered, { id, caseId }) => {
    const { unsubscribeUrl, locale } = frozen.view.context
    const bytes = await new MailComposer({
      from: { name: sender.name, address: sender.address },
      to: { name: frozen.toName ?? '', address: frozen.to },
      ...(replyTo === null ? {} : { replyTo }),
      subject: rendered.subject,
      text: rendered.text,
      html: rendered.html,
      messageId: frozen.messageId,
      date: new Date(frozen.date),
      ...(caseId === null ? {} : { references: [threadOf(caseId, domain)] }),
      headers: {
        'Content-Language': locale,
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        'X-Entity-Ref-ID': frozen.messageId.replace(/[<>]/g, ''),
        'X-Keyflow-Message': id.slice(0, SHORT_ID),
        ...(forPostmark ? { 'X-PM-Metadata-message': id.slice(0, SHORT_ID) } : {}),
        ...(unsubscribeUrl === null
          ? {}
          : {
              'List-Unsubscribe': `<${unsubscribeUrl}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
      },
      baseBoundary: frozen.messageId.replace(/[^0-9a-f]/g, '').slice(0, 24),
      disableFileAccess: true,
      disableUrlAccess: true,
      newline: '\r\n',
    })
      .compile()
      .build()
    return signer === null ? bytes : collect(signer.sign(bytes))
  }
}

const threadOf = (caseId: string, domain: string): string =>
  `<case.${createHash('sha256').update(caseId).digest('hex').slice(0, SHORT_ID)}@${domain}>`

const collect = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
