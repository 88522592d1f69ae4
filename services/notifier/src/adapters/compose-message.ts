import MailComposer from 'nodemailer/lib/mail-composer'
import type { RenderedMail } from '../domain/mail-view.ts'
import type { FrozenMail } from '../domain/message.ts'

export interface Sender {
  readonly name: string
  readonly address: string
}

/**
 * The bytes of a mail (RFC 5322, text and HTML). The same input gives the same bytes: Message-ID, Date and the MIME
 * boundary come from it. Headers are encoded by the library; files and addresses named in content are never read.
 */
export const composeMessage = (
  frozen: FrozenMail,
  rendered: RenderedMail,
  sender: Sender,
  replyTo: string | null,
): Promise<Buffer> =>
  new MailComposer({
    from: { name: sender.name, address: sender.address },
    to: { name: frozen.toName ?? '', address: frozen.to },
    ...(replyTo === null ? {} : { replyTo }),
    subject: rendered.subject,
    text: rendered.text,
    html: rendered.html,
    messageId: frozen.messageId,
    date: new Date(frozen.date),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Entity-Ref-ID': frozen.messageId.replace(/[<>]/g, ''),
    },
    baseBoundary: frozen.messageId.replace(/[^0-9a-f]/g, '').slice(0, 24),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
