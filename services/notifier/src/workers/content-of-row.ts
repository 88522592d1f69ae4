import type { PersonalVault, Store } from '@keyflow/runtime'
import { loadConversation } from '../adapters/conversation-store.ts'
import { openMail } from '../adapters/frozen-mail.ts'
import type { MessageRow } from '../adapters/message-rows.ts'
import { licenseFactsOf, type MailContent } from '../domain/mail-view.ts'
import { statementOf } from '../domain/statement.ts'

/** What a row of the ledger says: of the mail with the key the license as it is now. Null when nobody may read it any more. */
export const contentOfRow =
  ({ store, personal }: { readonly store: Store; readonly personal: PersonalVault }) =>
  async (row: MessageRow): Promise<MailContent | null> => {
    if (row.template === 'license_issued' && row.conversation !== null && row.licenseId !== null) {
      const { newest } = await loadConversation(store, row.conversation)
      if (newest !== null) return licenseFactsOf(newest.summary, statementOf(newest.summary), row.licenseId)
    }
    if (row.order !== null) return row.order.content
    const mail = row.frozen === null ? null : await openMail(personal, row.frozen)
    return mail?.view.content ?? null
  }
