import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { ClientSession } from 'mongodb'

/** What a person ordered. No address: what is personal is in the rows that it names. */
export interface MailAudit {
  readonly action: 'resend' | 'test' | 'suppress' | 'release'
  /** Message (or suppression) that it is about. */
  readonly message: string | null
  readonly result: string | null
  readonly actor: string
  readonly reason: string
  readonly at: Date
}

export const MAIL_AUDIT: CollectionSpec = { name: 'mail_audit', indexes: [{ key: { at: 1 }, name: 'at' }] }

export const auditMail = async (
  store: Store,
  session: ClientSession | undefined,
  entry: MailAudit,
): Promise<void> => {
  await store.db.collection(MAIL_AUDIT.name).insertOne({ ...entry }, session === undefined ? {} : { session })
}
