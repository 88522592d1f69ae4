import type { PersonalVault, Store } from '@keyflow/runtime'
import type { MessageRow } from '../adapters/message-rows.ts'
import { type FinalState, finishedRow, type MessageClaim, putBackRow } from '../adapters/message-store.ts'
import { confirm, type FinalOutcome, reconsider, settle } from '../domain/conversation.ts'
import { TEMPLATES } from '../domain/templates.ts'
import type { LedgerTransaction, RunLedgerTransaction } from './ledger-transaction.ts'
import { mailEntries } from './mail-entry.ts'
import { commitStep, dropMail, type SpeakOptions } from './speak-on.ts'
import { type OnBounce, tryOtherAddress } from './try-other-address.ts'

export interface SettleOptions extends SpeakOptions {
  readonly store: Store
  readonly personal: PersonalVault
  readonly transact: RunLedgerTransaction
  readonly leaseMs: number
  /** How long to wait for a report before an unknown mail of an at-least-once template is sent again. */
  readonly unknownWaitMs: number
  readonly onBounce: OnBounce
}

/** What came of an attempt. */
export type Settlement =
  | {
      readonly kind: 'final'
      readonly outcome: FinalOutcome
      readonly failure: MessageRow['failure']
      /** The address itself is bad, as far as the refusal says. */
      readonly isBadAddress?: boolean
    }
  | { readonly kind: 'retry'; readonly waitMs: number; readonly failure: MessageRow['failure'] }

export interface ToSettle extends MessageClaim {
  readonly settlement: Settlement
}

export interface Settled {
  readonly kind: 'settled' | 'put_back' | 'superseded' | 'lost'
  /** New mail was queued meanwhile. */
  readonly hasQueued: boolean
}

/** Unknown outcomes after which even an at-least-once mail is left to a person. */
const MOST_UNKNOWNS = 3

/** Records what came of attempts, and speaks on where the license changed meanwhile. */
export const createSettleMails =
  (options: SettleOptions) =>
  async (settled: readonly ToSettle[]): Promise<readonly Settled[]> => {
    const { result, hasQueued } = await options.transact(settled, async (ledger) => {
      const kinds: Settled['kind'][] = []
      for (const one of settled) kinds.push(await settleOne(options, ledger, one))
      return kinds
    })
    return result.map((kind) => ({ kind, hasQueued }))
  }

const settleOne = async (
  options: SettleOptions,
  ledger: LedgerTransaction,
  { settlement, ...claim }: ToSettle,
): Promise<Settled['kind']> => {
  const row = ledger.rowOf(claim)
  if (row === null || row.frozen === null) return 'lost'
  const isLate = row.state === 'unknown'
  // Its lease ran out while the relay was still thinking; only that it was taken after all is news.
  if (isLate && (settlement.kind !== 'final' || settlement.outcome !== 'accepted')) return 'lost'
  if (!isLate && row.state !== 'rendered' && row.state !== 'sending') return 'lost'
  if (settlement.kind === 'final') {
    await finish(options, ledger, row, settlement, isLate)
    return 'settled'
  }
  const { waitMs, failure } = settlement
  const { conversation } = row
  if (conversation !== null && row.unknowns === 0)
    if (reconsider(ledger.conversationOf(conversation)).superseded !== null) {
      dropMail(ledger, row, 'superseded', 'no_longer_news', options)
      return 'superseded'
    }
  // Of this attempt there is surely no copy; of an earlier one there may be.
  const bytes = row.unknowns === 0 ? null : (row.bytes ?? null)
  ledger.write(putBackRow(row._id, { state: 'queued', waitMs, attempts: row.attempts + 1, failure, bytes }))
  return 'put_back'
}

const finish = async (
  options: SettleOptions,
  ledger: LedgerTransaction,
  row: MessageRow,
  { outcome, failure, isBadAddress }: Extract<Settlement, { kind: 'final' }>,
  isLate: boolean,
): Promise<void> => {
  ledger.write(finishedRow(row._id, outcome, failure, repeatAfter(row, outcome, options)))
  ledger.tell(mailEntries(options.mailEvents, row, outcome, reasonOf(outcome, failure), options.clock()))
  settleConversation(options, ledger, row, outcome, isLate)
  if (outcome === 'bounced' && isBadAddress === true) await tryOtherAddress(options, ledger.session, row)
}

/** A mail that was unknown before has left its place in the conversation: it can only confirm. */
const settleConversation = (
  options: SettleOptions,
  ledger: LedgerTransaction,
  row: MessageRow,
  outcome: FinalOutcome,
  isLate: boolean,
): void => {
  const id = row.conversation
  if (id === null || row.frozen?.said == null) return
  const { said } = row.frozen
  const conversation = ledger.conversationOf(id)
  if (!isLate && row.unknowns === 0) commitStep(ledger, row, id, settle(conversation, said, outcome), options)
  else if (outcome === 'accepted') ledger.keep(id, confirm(conversation, said))
}

const reasonOf = (outcome: FinalState, failure: MessageRow['failure']): string | null =>
  outcome === 'bounced' ? 'hard_bounce' : (failure?.code ?? null)

const repeatAfter = (
  row: MessageRow,
  outcome: FinalOutcome,
  { unknownWaitMs }: Pick<SettleOptions, 'unknownWaitMs'>,
): number | null =>
  outcome === 'unknown' &&
  TEMPLATES[row.template].guarantee === 'at_least_once' &&
  row.unknowns + 1 < MOST_UNKNOWNS
    ? unknownWaitMs
    : null
