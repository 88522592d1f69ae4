import type { MessageRow } from '../adapters/message-rows.ts'
import { finishedRow } from '../adapters/message-store.ts'
import { reconsider, type Step, settle } from '../domain/conversation.ts'
import type { DropState } from '../domain/message.ts'
import { statementOf } from '../domain/statement.ts'
import type { LedgerTransaction } from './ledger-transaction.ts'
import { mailEntries } from './mail-entry.ts'
import { newMessage } from './new-message.ts'

export interface SpeakOptions {
  readonly mailEvents: string
  readonly clock: () => Date
}

/** What is said next about the license, once the mail before it is settled. */
export const commitStep = (
  ledger: LedgerTransaction,
  row: MessageRow,
  id: string,
  step: Step,
  { clock }: SpeakOptions,
): void => {
  ledger.keep(id, step.conversation)
  if (step.queued === null || step.conversation.newest === null || row.licenseId === null) return
  const { cause } = step.conversation.newest
  const { account, livemode, licenseId, customer } = row
  ledger.insert(
    newMessage({ account, livemode, licenseId, customer }, step.queued, cause, {
      encryptedKey: null,
      createdAt: clock(),
    }),
  )
}

/** Not sent after all: whoever waits for it is told, and the conversation that it belonged to goes on. */
export const dropMail = (
  ledger: LedgerTransaction,
  row: MessageRow,
  state: DropState,
  reason: string,
  options: SpeakOptions,
): void => {
  ledger.write(finishedRow(row._id, state, { code: reason, reply: null }))
  ledger.tell(mailEntries(options.mailEvents, row, state, reason, options.clock()))
  const id = row.conversation
  if (id === null || row.unknowns > 0) return
  const conversation = ledger.conversationOf(id)
  const { newest, told } = conversation
  if (state === 'superseded' || newest === null)
    commitStep(ledger, row, id, reconsider(conversation), options)
  else if (told !== null) {
    const said = { version: newest.version, statement: statementOf(newest.summary) }
    commitStep(ledger, row, id, settle(conversation, said, 'failed'), options)
  } else ledger.keep(id, { ...conversation, open: null })
}
