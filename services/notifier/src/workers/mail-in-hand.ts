import type { MessageRow } from '../adapters/message-rows.ts'
import type { FrozenMail } from '../domain/message.ts'

/** What the way from a claimed row to the relay needs of it. */
export type MailInHand = Pick<
  MessageRow,
  | '_id'
  | 'template'
  | 'priority'
  | 'livemode'
  | 'licenseId'
  | 'encryptedKey'
  | 'order'
  | 'trace'
  | 'receivedAt'
  | 'attempts'
>

/** A mail that is rendered and claimed under `token`: ready to be sent. */
export interface ReadyMail {
  readonly mail: MailInHand
  readonly token: string
  readonly frozen: FrozenMail
  /** Whose key seals it. */
  readonly person: string
  /** What left the house before, and leaves again as it is; null = to be rendered. */
  readonly bytes: Buffer | null
}
