import { createHash } from 'node:crypto'
import { causeText, type MailCause } from '../domain/message.ts'

/** Id of a message in the ledger: SHA-256 of its cause, 64 hex digits. One cause, one row, one mail. */
export const messageIdFor = (cause: MailCause): string =>
  createHash('sha256').update(causeText(cause)).digest('hex')
