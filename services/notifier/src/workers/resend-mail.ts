import { inTransaction, type Store } from '@keyflow/runtime'
import { auditMail } from '../adapters/mail-audit.ts'
import { findKeyMail, findMessage } from '../adapters/message-queries.ts'
import { insertMessages } from '../adapters/message-store.ts'
import type { MailContent } from '../domain/mail-view.ts'
import { OPEN_STATES } from '../domain/message.ts'
import type { Order, ResendTarget } from '../http/messages.route.ts'
import type { contentOfRow } from './content-of-row.ts'
import { orderedMessage } from './new-message.ts'

export type Resent =
  | { readonly kind: 'sent'; readonly message: string }
  /** There is none, or nobody may read it any more. */
  | { readonly kind: 'none' }
  | { readonly kind: 'open' }

export interface ResendOptions {
  readonly store: Store
  readonly content: ReturnType<typeof contentOfRow>
  readonly leaseMs: number
  readonly newId: () => string
  readonly clock: () => Date
  /** There is mail to look for. */
  readonly wake: () => void
}

/** Sends a mail once more, because a person says so: a row of its own, with who and why beside it. */
export const createResendMail =
  (options: ResendOptions) =>
  async (target: ResendTarget, { actor, reason }: Order): Promise<Resent> => {
    const { store, clock } = options
    const row =
      'message' in target
        ? await findMessage(store, target.message)
        : await findKeyMail(store, target.licenseId)
    if (row === null) return { kind: 'none' }
    if (OPEN_STATES.includes(row.state)) return { kind: 'open' }
    const content = await options.content(row)
    if (content === null) return { kind: 'none' }
    const { account, livemode } = row
    const message = orderedMessage(
      {
        scope: { account, livemode },
        subject: row._id,
        occurrence: `resend:${options.newId()}`,
        order: { content: asCopy(content, clock()), notice: null, expiresAt: null, recordKey: null },
        licenseId: row.licenseId,
        customer: row.customer,
        refs: row.refs,
        encryptedKey: row.encryptedKey,
      },
      { trace: {}, receivedAt: null, createdAt: clock() },
    )
    await inTransaction(store, async (session) => {
      await insertMessages(store, session, [message], options.leaseMs)
      await auditMail(store, session, {
        action: 'resend',
        message: row._id,
        result: message._id,
        actor,
        reason,
        at: clock(),
      })
    })
    options.wake()
    return { kind: 'sent', message: message._id }
  }

/** The mail with the key says that it is a copy; every other is what it was. */
const asCopy = (content: MailContent, now: Date): MailContent => {
  if (content.template !== 'license_issued') return content
  return { ...content, template: 'license_resent', sentAt: now.toISOString() }
}
