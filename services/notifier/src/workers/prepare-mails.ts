import type { PersonalVault, Store } from '@keyflow/runtime'
import type { HashAddress } from '../adapters/address-hash.ts'
import { loadHeads } from '../adapters/case-heads.ts'
import { findContacts } from '../adapters/contact-store.ts'
import { openBytes, openMail, sealMails } from '../adapters/frozen-mail.ts'
import { countRecent } from '../adapters/message-queries.ts'
import { type MessageRow, openMailOf } from '../adapters/message-rows.ts'
import { type MessageClaim, putBackRow, renderedRow } from '../adapters/message-store.ts'
import type { CaseHead } from '../domain/case-head.ts'
import type { ContactSource } from '../domain/contact.ts'
import { type Circumstances, type Frozen, freezeMail, type Letterhead } from '../domain/freeze-mail.ts'
import type { DropState, FrozenMail } from '../domain/message.ts'
import { TEMPLATES } from '../domain/templates.ts'
import { contactOf } from './address-mail.ts'
import type { LedgerTransaction, RunLedgerTransaction } from './ledger-transaction.ts'
import { dropMail, type SpeakOptions } from './speak-on.ts'

export interface PrepareOptions extends SpeakOptions {
  readonly store: Store
  readonly personal: PersonalVault
  readonly transact: RunLedgerTransaction
  readonly letterhead: Letterhead
  readonly suppressed: Circumstances['suppressed']
  readonly hash: HashAddress
  readonly leaseMs: number
  /** Routine mails that one address gets in a day. */
  readonly perRecipientPerDay: number
}

export type Prepared =
  /** `person`: whose key seals it. `bytes`: what left the house before, and leaves again; null = to be rendered. */
  | {
      readonly kind: 'ready'
      readonly frozen: FrozenMail
      readonly person: string
      readonly bytes: Buffer | null
    }
  | { readonly kind: 'dropped'; readonly state: DropState; readonly reason: string }
  | { readonly kind: 'waiting_contact' | 'postponed' | 'lost' }

/** Contact that never came is looked for ever more rarely; its arrival wakes the mail at once anyway. */
const FIRST_LOOK_MS = 2000
const LONGEST_LOOK_MS = 3_600_000
const OVER_LIMIT_WAIT_MS = 3_600_000

const TO_PREPARE: ReadonlySet<string> = new Set(['queued', 'waiting_contact', 'rendered'])

/** A mail of which a copy may be somewhere: whom it went to, and its very bytes. */
interface Kept {
  readonly mail: FrozenMail
  readonly bytes: Buffer
}

interface Decided {
  readonly row: MessageRow
  readonly frozen: Frozen
  readonly kept: Kept | null
}

/** The check at send time: fixes each mail, or parks it for want of an address, or drops it as no longer true. */
export const createPrepareMails =
  (options: PrepareOptions) =>
  async (claims: readonly MessageClaim[]): Promise<readonly Prepared[]> => {
    const { result } = await options.transact(claims, async (ledger) => {
      const rows = claims.map((claim) => ledger.rowOf(claim))
      const decided = await decide(
        options,
        ledger,
        rows.flatMap((row) => (row !== null && TO_PREPARE.has(row.state) ? [row] : [])),
      )
      const prepared = await fix(options, ledger, decided)
      return rows.map((row): Prepared => prepared.get(row?._id ?? '') ?? { kind: 'lost' })
    })
    return result
  }

const decide = async (
  options: PrepareOptions,
  ledger: LedgerTransaction,
  rows: readonly MessageRow[],
): Promise<readonly Decided[]> => {
  const { store, personal } = options
  const caseIds = [...new Set(rows.flatMap(({ order }) => order?.notice?.caseId ?? []))]
  const heads = await loadHeads(store, ledger.session, caseIds)
  const refs = [...new Set(rows.flatMap((row) => row.refs))]
  const sources = await findContacts({ store, personal }, ledger.session, refs)
  const decided: Decided[] = []
  for (const row of rows) {
    const kept = await keptOf(personal, row)
    decided.push({ row, kept, frozen: decideOne(options, ledger, row, heads, sources, kept) })
  }
  return decided
}

const keptOf = async (personal: PersonalVault, row: MessageRow): Promise<Kept | null> => {
  if (row.frozen === null || (row.bytes ?? null) === null) return null
  const [mail, bytes] = [await openMail(personal, row.frozen), await openBytes(personal, row.bytes ?? '')]
  return mail === null || bytes === null ? null : { mail, bytes }
}

const decideOne = (
  { letterhead, suppressed, clock }: PrepareOptions,
  ledger: LedgerTransaction,
  row: MessageRow,
  heads: ReadonlyMap<string, CaseHead>,
  sources: readonly ContactSource[],
  kept: Kept | null,
): Frozen => {
  const caseId = row.order?.notice?.caseId
  const frozen = freezeMail({
    id: row._id,
    template: row.template,
    livemode: row.livemode,
    mail: openMailOf(row),
    licenseId: row.licenseId,
    order: row.order,
    conversation: row.conversation === null ? null : ledger.conversationOf(row.conversation),
    head: caseId === undefined ? null : (heads.get(caseId) ?? null),
    contact: contactOf(row, sources),
    suppressed,
    letterhead,
    now: clock(),
    date: row.frozen?.date ?? null,
  })
  if (frozen.kind === 'dropped' || kept === null) return frozen
  // The same mail once more, to whom it went: whoever they are known as by now.
  const reason = suppressed(kept.mail.to, TEMPLATES[row.template].category)
  return reason === null
    ? { kind: 'frozen', person: row.person, mail: kept.mail }
    : { kind: 'dropped', state: 'suppressed', reason }
}

/** Writes what was decided; several reminders to one address count against its limit one after the other. */
const fix = async (
  options: PrepareOptions,
  ledger: LedgerTransaction,
  decided: readonly Decided[],
): Promise<ReadonlyMap<string, Prepared>> => {
  const { hash, personal, store } = options
  const prepared = new Map<string, Prepared>()
  const ready = decided.flatMap(({ row, frozen, kept }) =>
    frozen.kind === 'frozen' ? [{ row, kept, ...frozen, addressHash: hash(frozen.mail.to) }] : [],
  )
  const routine = ready.filter(({ row }) => row.priority === 2)
  const counts = new Map(
    await countRecent(store, [...new Set(routine.map(({ addressHash }) => addressHash))]),
  )
  const isOver = ({ row, addressHash }: (typeof ready)[number]): boolean => {
    if (row.priority !== 2) return false
    const count = counts.get(addressHash) ?? 0
    counts.set(addressHash, count + 1)
    return count >= options.perRecipientPerDay
  }
  const going = ready.filter((one) => {
    if (!isOver(one)) return true
    const failure = { code: 'recipient_limit', reply: null }
    putBack(ledger, one.row, 'queued', OVER_LIMIT_WAIT_MS, one.row.attempts, failure)
    prepared.set(one.row._id, { kind: 'postponed' })
    return false
  })
  const sealed = await sealMails(personal, going)
  for (const [at, { row, kept, mail, person, addressHash }] of going.entries()) {
    const stored = sealed[at] ?? null
    if (stored === null) {
      dropMail(ledger, row, 'suppressed', 'erased', options)
      prepared.set(row._id, { kind: 'dropped', state: 'suppressed', reason: 'erased' })
      continue
    }
    ledger.write(renderedRow(row, { frozen: stored, addressHash, person }, options.leaseMs))
    prepared.set(row._id, { kind: 'ready', frozen: mail, person, bytes: kept?.bytes ?? null })
  }
  for (const { row, frozen } of decided) {
    if (frozen.kind === 'frozen') continue
    prepared.set(row._id, frozen)
    if (frozen.kind === 'dropped') dropMail(ledger, row, frozen.state, frozen.reason, options)
    else {
      const waitMs = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** Math.min(row.attempts, 20))
      putBack(ledger, row, 'waiting_contact', waitMs, row.attempts + 1, null)
    }
  }
  return prepared
}

const putBack = (
  ledger: LedgerTransaction,
  row: MessageRow,
  state: 'queued' | 'waiting_contact',
  waitMs: number,
  attempts: number,
  failure: MessageRow['failure'],
): void => ledger.write(putBackRow(row._id, { state, waitMs, attempts, failure, bytes: row.bytes ?? null }))
