import { current, scopedId } from '@keyflow/contracts'
import {
  type Applied,
  type BatchItem,
  KeyflowError,
  type OutboxEntry,
  type PersonalVault,
  type Transaction,
} from '@keyflow/runtime'
import { loadHeads, saveHeads } from '../adapters/case-heads.ts'
import { mergeContacts } from '../adapters/contact-store.ts'
import { insertMessages, type NewMessage } from '../adapters/message-store.ts'
import { advanceHead, type CaseHead, UNKNOWN_CASE } from '../domain/case-head.ts'
import { type ContactSource, contactOfOperation, mergeContactSources } from '../domain/contact.ts'
import { type OrderedMail, templateOf } from '../domain/occasion.ts'
import type { MailTemplate } from '../domain/templates.ts'
import type { Addressed, Known } from './address-mail.ts'
import type { NotifierItem } from './decode-record.ts'
import { erasuresOfDeleted } from './erase-person.ts'
import { mailEntries } from './mail-entry.ts'
import { orderedMessage } from './new-message.ts'
import { ordersOfLicense } from './orders-of-license.ts'
import { takeInNews } from './take-in-news.ts'

export interface ApplyOptions {
  /** Topic of erasures: customers deleted in Stripe are erased. Null = they are kept. */
  readonly eraseDeleted: string | null
  /** Topic of what became of mails. */
  readonly mailEvents: string
  readonly leaseMs: number
  /** Templates that this installation sends. */
  readonly isSent: (template: MailTemplate) => boolean
  /** Nothing is mailed about what is older: a ledger that was lost must not write to everybody again. */
  readonly maxAgeMs: number
  /** Unix milliseconds; null = there is no such time. What is older was mailed by a ledger that was lost. */
  readonly quietBefore: () => number | null
  /** Looks up contacts, and renders and claims what this process can send at once. */
  readonly address: (
    messages: readonly NewMessage[],
    known: Known,
    transaction: Transaction,
    personal: PersonalVault,
  ) => Promise<readonly Addressed[]>
  /** After the commit: new mail, somebody's contact (its scoped refs), waiting changes that are no longer true (how many). */
  readonly onCommitted: (
    addressed: readonly Addressed[],
    touchedRefs: readonly string[],
    superseded: number,
  ) => void
}

type Items = readonly BatchItem<NotifierItem>[]

/** Folds contacts and cases, and turns license events, notices and Stripe's announcements into rows of the send ledger. */
export const createApplyRecords =
  (options: ApplyOptions) =>
  async (items: Items, transaction: Transaction, personal: PersonalVault): Promise<Applied> => {
    const { store, session, now } = transaction
    const touched = await foldContacts(items, transaction, personal)
    const heads = await foldCases(items, transaction)
    const isTooOld = (receivedAt: number | null): boolean =>
      receivedAt !== null &&
      (now.getTime() - receivedAt > options.maxAgeMs || receivedAt < (options.quietBefore() ?? 0))
    const news = await takeInNews(items, isTooOld, transaction)
    const ordered = ordersIn(items)
      .filter(({ mail }) => options.isSent(templateOf(mail)))
      .map(({ mail, trace, receivedAt }): NewMessage => {
        const message = orderedMessage(mail, { trace, receivedAt, createdAt: now })
        return isTooOld(receivedAt) ? { ...message, state: 'expired', failure: TOO_OLD } : message
      })
    const addressed = await options.address(
      [...news.messages, ...ordered],
      { conversations: news.conversations, heads },
      transaction,
      personal,
    )
    const messages = addressed.map(({ message }) => message)
    await insertMessages(store, session, messages, options.leaseMs)
    return {
      outbox: [
        ...(await eraseDeleted(options, items, transaction)),
        ...messages.flatMap((message) =>
          mailEntries(options.mailEvents, message, message.state, message.failure?.code ?? null, now),
        ),
      ],
      afterCommit: () => options.onCommitted(addressed, touched, news.superseded),
    }
  }

const TOO_OLD: NewMessage['failure'] = { code: 'too_old', reply: null }

interface Ordered {
  readonly mail: OrderedMail
  readonly trace: BatchItem<NotifierItem>['trace']
  readonly receivedAt: number | null
}

/** Mails that single records ask for, besides what conversations decide. */
const ordersIn = (items: Items): readonly Ordered[] =>
  items.flatMap(({ item, trace }) => {
    const { receivedAt } = item
    return ordersOf(item).map((mail) => ({ mail, trace, receivedAt }))
  })

const ordersOf = (item: NotifierItem): readonly OrderedMail[] => {
  switch (item.kind) {
    case 'contacts':
      return item.orders
    case 'license':
      return ordersOfLicense(item.event, item.refs)
    case 'grant':
      return []
    case 'case':
      return noticeOf(item)
    default:
      return item satisfies never
  }
}

const noticeOf = ({ event, key }: Extract<NotifierItem, { kind: 'case' }>): readonly OrderedMail[] => {
  if (event.notice === undefined) return []
  const { key: step, expiresAt, ...content } = event.notice
  const refs = [event.customer, event.subscription].filter((ref) => ref !== null)
  return [
    {
      scope: { account: event.account, livemode: event.livemode },
      subject: event.caseId,
      occurrence: step,
      order: {
        content,
        notice: { caseId: event.caseId, key: step, seq: event.seq },
        expiresAt,
        recordKey: key,
      },
      licenseId: null,
      customer: event.customer,
      refs: refs.map((ref) => scopedId(event, ref)),
      encryptedKey: null,
    },
  ]
}

/** Case ids are scoped already. */
const foldCases = async (
  items: Items,
  { store, session }: Transaction,
): Promise<ReadonlyMap<string, CaseHead>> => {
  const events = items.flatMap(({ item }) => (item.kind === 'case' ? [item.event] : []))
  const heads = await loadHeads(store, session, [...new Set(events.map(({ caseId }) => caseId))])
  for (const event of events)
    heads.set(event.caseId, advanceHead(heads.get(event.caseId) ?? UNKNOWN_CASE, event))
  await saveHeads(store, session, heads)
  return heads
}

/** Once for each event: the same customer deleted twice is an erasure that changes nothing. */
const eraseDeleted = async (
  { eraseDeleted: topic }: ApplyOptions,
  items: Items,
  transaction: Transaction,
): Promise<readonly OutboxEntry[]> => {
  if (topic === null) return []
  const deleted = items.flatMap(({ id, item }) =>
    item.kind === 'contacts'
      ? item.sources
          .filter((source) => source.kind === 'customer' && current(source.register).state.gone)
          .map((source) => ({ subject: source.id, eventId: id }))
      : [],
  )
  return erasuresOfDeleted(topic, deleted, transaction)
}

const foldContacts = async (
  items: Items,
  { store, session }: Transaction,
  personal: PersonalVault,
): Promise<readonly string[]> => {
  const sources = new Map<string, ContactSource>()
  for (const { item } of items)
    if (item.kind === 'contacts')
      for (const source of item.sources)
        sources.set(source.id, mergeContactSources(sources.get(source.id), source))
  for (const source of await namedContacts(items, personal))
    sources.set(source.id, mergeContactSources(sources.get(source.id), source))
  await mergeContacts({ store, personal }, session, [...sources.values()])
  return [...new Set([...sources.values()].flatMap((source) => source.refs))]
}

/** Contacts that the seller named, opened; of erased persons nothing is left to take in. */
const namedContacts = async (items: Items, personal: PersonalVault): Promise<readonly ContactSource[]> => {
  const grants = items.flatMap(({ item }) => (item.kind === 'grant' ? [item] : []))
  if (grants.length === 0) return []
  const opened = await personal.openAll(grants.map(({ contact }) => contact))
  return grants.flatMap(({ operation, customer }, at) => {
    const one = opened[at]
    if (one?.kind === 'unknown_key')
      throw new KeyflowError('transient', 'CONTACT_KEY_UNKNOWN', 'the key of a contact is not here yet')
    if (one?.kind !== 'opened') return []
    const { email, name } = (one.value ?? {}) as { readonly email?: unknown; readonly name?: unknown }
    const contact = {
      email: typeof email === 'string' ? email : null,
      name: typeof name === 'string' ? name : null,
    }
    return [contactOfOperation(operation, customer, contact)]
  })
}
