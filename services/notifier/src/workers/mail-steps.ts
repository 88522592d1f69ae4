import {
  insertOutbox,
  inTransaction,
  type OutboxEntry,
  type PersonalVault,
  publishEntries,
  type RecordPublisher,
  type Store,
  type Transaction,
} from '@keyflow/runtime'
import type { HashAddress } from '../adapters/address-hash.ts'
import { loadHeads } from '../adapters/case-heads.ts'
import { findContacts } from '../adapters/contact-store.ts'
import { loadConversations, saveConversations } from '../adapters/conversation-store.ts'
import { sealMails } from '../adapters/frozen-mail.ts'
import { countRecent } from '../adapters/message-queries.ts'
import { type MessageRow, openMailOf } from '../adapters/message-rows.ts'
import {
  type FinalState,
  findClaimed,
  finish,
  insertMessages,
  markRendered,
  putBack,
} from '../adapters/message-store.ts'
import { chooseContact } from '../domain/choose-contact.ts'
import {
  type Conversation,
  confirm,
  type FinalOutcome,
  reconsider,
  type Step,
  settle,
} from '../domain/conversation.ts'
import { type Circumstances, freezeMail, type Letterhead } from '../domain/freeze-mail.ts'
import type { DropState, FrozenMail } from '../domain/message.ts'
import { statementOf } from '../domain/statement.ts'
import { TEMPLATES } from '../domain/templates.ts'
import { skipOf } from './address-mail.ts'
import { mailEntries } from './mail-entry.ts'
import { newMessage } from './new-message.ts'
import { type OnBounce, tryOtherAddress } from './try-other-address.ts'

type Session = Transaction['session']

export interface MailStepsOptions {
  readonly letterhead: Letterhead
  readonly suppressed: Circumstances['suppressed']
  readonly hash: HashAddress
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly personal: PersonalVault
  readonly mailEvents: string
  readonly leaseMs: number
  /** How long to wait for a report before an unknown mail of an at-least-once template is sent again. */
  readonly unknownWaitMs: number
  /** Routine mails that one address gets in a day. */
  readonly perRecipientPerDay: number
  readonly onBounce: OnBounce
  /** The suppression list in memory is to be read anew. */
  readonly refreshSuppressed: () => Promise<void>
  readonly clock: () => Date
}

export type Prepared =
  | { readonly kind: 'ready'; readonly frozen: FrozenMail }
  | { readonly kind: 'dropped'; readonly state: DropState; readonly reason: string }
  | { readonly kind: 'waiting_contact' | 'postponed' | 'lost' }

export type Settlement =
  | {
      readonly kind: 'final'
      readonly outcome: FinalOutcome
      readonly failure: MessageRow['failure']
      /** The address itself is bad, as far as the refusal says. */
      readonly isBadAddress?: boolean
    }
  | { readonly kind: 'retry'; readonly waitMs: number; readonly failure: MessageRow['failure'] }

export type Settled = { readonly kind: 'settled' | 'put_back' | 'superseded' | 'lost' }

/** Contact that never came is looked for ever more rarely; its arrival wakes the mail at once anyway. */
const FIRST_LOOK_MS = 2000
const LONGEST_LOOK_MS = 3_600_000
/** Unknown outcomes after which even an at-least-once mail is left to a person. */
const MOST_UNKNOWNS = 3
const OVER_LIMIT_WAIT_MS = 3_600_000

const TO_PREPARE: ReadonlySet<string> = new Set(['queued', 'waiting_contact', 'rendered'])

/** The transactions of a mail's way through the ledger. Each is one decision of the domain, committed whole. */
export const createMailSteps = (options: MailStepsOptions) => {
  const { store, personal, letterhead, leaseMs, clock } = options

  const loadConversation = async (id: string, session: Session): Promise<Conversation> =>
    (await loadConversations(store, session, [id])).get(id) as Conversation

  /** What is said next about the license, once the mail before it is settled. */
  const commitStep = async (session: Session, row: MessageRow, id: string, step: Step): Promise<void> => {
    await saveConversations(store, session, new Map([[id, step.conversation]]))
    if (step.queued === null || step.conversation.newest === null || row.licenseId === null) return
    const { cause } = step.conversation.newest
    const license = {
      account: row.account,
      livemode: row.livemode,
      licenseId: row.licenseId,
      customer: row.customer,
    }
    const message = newMessage(license, step.queued, cause, { encryptedKey: null, createdAt: clock() })
    await insertMessages(store, session, [message], leaseMs)
  }

  /** A transaction whose outbox entries are published once it is committed. */
  const step = async <R>(body: (session: Session, outbox: OutboxEntry[]) => Promise<R>): Promise<R> => {
    let entries: OutboxEntry[] = []
    const result = await inTransaction(store, async (session) => {
      entries = []
      const done = await body(session, entries)
      await insertOutbox(store, session, entries, clock())
      return done
    })
    // Should this fail, the sweeper publishes them.
    if (entries.length > 0) await publishEntries(store, options.publisher, entries).catch(() => {})
    return result
  }

  const drop = async (
    session: Session,
    outbox: OutboxEntry[],
    row: MessageRow,
    state: DropState,
    reason: string,
  ): Promise<void> => {
    await finish(store, session, row._id, state, { code: reason, reply: null })
    outbox.push(...mailEntries(options.mailEvents, row, state, reason, clock()))
    if (row.conversation === null || row.unknowns > 0) return
    const conversation = await loadConversation(row.conversation, session)
    const { newest, told } = conversation
    if (state === 'superseded' || newest === null)
      await commitStep(session, row, row.conversation, reconsider(conversation))
    else if (told !== null)
      await commitStep(
        session,
        row,
        row.conversation,
        settle(conversation, { version: newest.version, statement: statementOf(newest.summary) }, 'failed'),
      )
    else
      await saveConversations(store, session, new Map([[row.conversation, { ...conversation, open: null }]]))
  }

  return {
    /** The check at send time: fixes the mail, or parks it for want of an address, or drops it as no longer true. */
    prepare: (id: string, token: string): Promise<Prepared> =>
      step(async (session, outbox): Promise<Prepared> => {
        const row = await findClaimed(store, session, id, token)
        if (row === null || !TO_PREPARE.has(row.state)) return { kind: 'lost' }
        const caseId = row.order?.notice?.caseId
        const frozen = freezeMail({
          id,
          template: row.template,
          livemode: row.livemode,
          mail: openMailOf(row),
          licenseId: row.licenseId,
          order: row.order,
          conversation: row.conversation === null ? null : await loadConversation(row.conversation, session),
          head:
            caseId === undefined ? null : ((await loadHeads(store, session, [caseId])).get(caseId) ?? null),
          contact: chooseContact(await findContacts({ store, personal }, session, row.refs), skipOf(row)),
          suppressed: options.suppressed,
          letterhead,
          now: clock(),
          date: row.frozen?.date ?? null,
        })
        if (frozen.kind === 'dropped') {
          await drop(session, outbox, row, frozen.state, frozen.reason)
          return frozen
        }
        if (frozen.kind === 'waiting_contact') {
          const waitMs = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** Math.min(row.attempts, 20))
          const attempts = row.attempts + 1
          await putBack(store, session, id, { state: 'waiting_contact', waitMs, attempts, failure: null })
          return frozen
        }
        const addressHash = options.hash(frozen.mail.to)
        if (row.priority === 2 && (await countRecent(store, addressHash)) >= options.perRecipientPerDay) {
          const { attempts } = row
          const failure = { code: 'recipient_limit', reply: null }
          await putBack(store, session, id, {
            state: 'queued',
            waitMs: OVER_LIMIT_WAIT_MS,
            attempts,
            failure,
          })
          return { kind: 'postponed' }
        }
        const [stored] = await sealMails(personal, [{ person: frozen.person, mail: frozen.mail }])
        if (stored == null) {
          await drop(session, outbox, row, 'suppressed', 'erased')
          return { kind: 'dropped', state: 'suppressed', reason: 'erased' }
        }
        await markRendered(store, session, row, { frozen: stored, addressHash, person: frozen.person })
        return { kind: 'ready', frozen: frozen.mail }
      }),

    /** Not now: no attempt was made. */
    postpone: (id: string, token: string, waitMs: number, code: string): Promise<void> =>
      step(async (session) => {
        const row = await findClaimed(store, session, id, token)
        if (row === null || row.state !== 'rendered') return
        const { attempts } = row
        await putBack(store, session, id, {
          state: 'queued',
          waitMs,
          attempts,
          failure: { code, reply: null },
        })
      }),

    /** Records what came of an attempt, and speaks on if the license changed meanwhile. */
    settle: async (id: string, token: string, settlement: Settlement): Promise<Settled> => {
      const settled = await step(async (session, outbox): Promise<Settled> => {
        const row = await findClaimed(store, session, id, token)
        if (row === null || row.frozen === null) return { kind: 'lost' }
        const isLate = row.state === 'unknown'
        // Its lease ran out while the relay was still thinking; only that it was taken after all is news.
        if (isLate && (settlement.kind !== 'final' || settlement.outcome !== 'accepted'))
          return { kind: 'lost' }
        if (!isLate && row.state !== 'rendered' && row.state !== 'sending') return { kind: 'lost' }
        if (settlement.kind === 'final') {
          const { outcome, failure } = settlement
          await finish(store, session, id, outcome, failure, repeatAfter(row, outcome, options))
          outbox.push(...mailEntries(options.mailEvents, row, outcome, reasonOf(outcome, failure), clock()))
          await settleConversation(session, row, outcome, isLate)
          if (outcome === 'bounced' && settlement.isBadAddress === true)
            await tryOtherAddress(
              { store, personal, onBounce: options.onBounce, leaseMs, clock },
              session,
              row,
            )
          return { kind: 'settled' }
        }
        const { waitMs, failure } = settlement
        const { conversation } = row
        if (conversation !== null && row.unknowns === 0) {
          const open = await loadConversation(conversation, session)
          if (reconsider(open).superseded !== null) {
            await drop(session, outbox, row, 'superseded', 'no_longer_news')
            return { kind: 'superseded' }
          }
        }
        await putBack(store, session, id, {
          state: 'queued',
          waitMs,
          attempts: row.attempts + 1,
          failure,
        })
        return { kind: 'put_back' }
      })
      // Its next mail may be asked for within the moment that other replicas take to learn of it.
      if (settlement.kind === 'final' && settlement.isBadAddress === true)
        await options.refreshSuppressed().catch(() => {})
      return settled
    },
  }

  /** A mail that was unknown before has left its place in the conversation: it can only confirm. */
  async function settleConversation(
    session: Session,
    row: MessageRow,
    outcome: FinalOutcome,
    isLate: boolean,
  ): Promise<void> {
    if (row.conversation === null || row.frozen?.said == null) return
    const { said } = row.frozen
    const conversation = await loadConversation(row.conversation, session)
    if (!isLate && row.unknowns === 0)
      return commitStep(session, row, row.conversation, settle(conversation, said, outcome))
    if (outcome === 'accepted')
      await saveConversations(store, session, new Map([[row.conversation, confirm(conversation, said)]]))
  }
}
export type MailSteps = ReturnType<typeof createMailSteps>

const reasonOf = (outcome: FinalState, failure: MessageRow['failure']): string | null =>
  outcome === 'bounced' ? 'hard_bounce' : (failure?.code ?? null)

const repeatAfter = (
  row: MessageRow,
  outcome: FinalOutcome,
  { unknownWaitMs }: Pick<MailStepsOptions, 'unknownWaitMs'>,
): number | null =>
  outcome === 'unknown' &&
  TEMPLATES[row.template].guarantee === 'at_least_once' &&
  row.unknowns + 1 < MOST_UNKNOWNS
    ? unknownWaitMs
    : null
