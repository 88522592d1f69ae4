import type { LicenseSummary } from '@keyflow/contracts'
import {
  type Conversation,
  hear,
  NEW_CONVERSATION,
  type OpenMail,
  reconsider,
  type Step,
  settle,
} from '../src/domain/conversation.ts'
import { freezeMail } from '../src/domain/freeze-mail.ts'
import type { FrozenMail, MessageState } from '../src/domain/message.ts'
import { OPEN_STATES } from '../src/domain/message.ts'
import type { Statement } from '../src/domain/statement.ts'
import { LETTERHEAD, LICENSE_ID, licenseEvent } from './samples.ts'

/** `crash`: the worker dies after the content left and before it recorded what became of it. */
export type Outcome = 'accepted' | 'retry' | 'bounced' | 'failed' | 'unknown' | 'crash'

interface Row {
  readonly mail: OpenMail
  state: MessageState
  frozen: FrozenMail | null
}

interface Sent {
  readonly template: OpenMail['template']
  readonly occurrence: string
  readonly statement: Statement
}

/** Outcomes after which the relay may have the whole content. */
const LEAVES: ReadonlySet<Outcome> = new Set(['accepted', 'unknown', 'crash'])

const saidBy = (row: Row): NonNullable<FrozenMail['said']> => {
  if (row.frozen?.said == null) throw new Error('it was never rendered')
  return row.frozen.said
}

const CAUSE = { refs: [], trace: {}, receivedAt: null }

/** The send ledger of one license without a database: each method is one transaction of the real one. */
export const createLedgerModel = (outcomes: readonly Outcome[]) => {
  const left = [...outcomes]
  const rows = new Map<string, Row>()
  /** Mails whose content reached the relay whole. */
  const sent: Sent[] = []
  let conversation: Conversation = NEW_CONVERSATION
  let hasContact = false
  let mostOpen = 0
  let mostAtOnce = 0
  const attempts: { readonly row: Row; readonly outcome: Outcome }[] = []

  const rowOf = (mail: OpenMail): Row | undefined => rows.get(mail.occurrence)
  const isOpen = ({ state }: Row): boolean => OPEN_STATES.includes(state)

  const commit = (step: Step): void => {
    conversation = step.conversation
    const old = step.superseded === null ? undefined : rowOf(step.superseded)
    if (old !== undefined) old.state = 'superseded'
    if (step.queued !== null && rowOf(step.queued) === undefined)
      rows.set(step.queued.occurrence, { mail: step.queued, state: 'queued', frozen: null })
    mostOpen = Math.max(mostOpen, [...rows.values()].filter(isOpen).length)
  }

  const prepare = (row: Row): void => {
    const frozen = freezeMail({
      id: 'a'.repeat(64),
      template: row.mail.template,
      livemode: false,
      mail: row.mail,
      licenseId: LICENSE_ID,
      order: null,
      conversation,
      head: null,
      suppressed: () => null,
      contact: hasContact
        ? { email: 'a@example.com', name: null, locale: null, country: null, person: 'cus_1' }
        : null,
      letterhead: LETTERHEAD,
      now: new Date(0),
      date: row.frozen?.date ?? null,
    })
    if (frozen.kind === 'frozen') {
      row.state = 'rendered'
      row.frozen = frozen.mail
    } else if (frozen.kind === 'waiting_contact') row.state = 'waiting_contact'
    else {
      row.state = 'superseded'
      commit(reconsider(conversation))
    }
  }

  /** Content leaves; what becomes of it is known only later. */
  const send = (row: Row): void => {
    const outcome = left.shift() ?? 'accepted'
    row.state = 'sending'
    if (LEAVES.has(outcome)) {
      const { statement } = saidBy(row)
      sent.push({ template: row.mail.template, occurrence: row.mail.occurrence, statement })
    }
    attempts.push({ row, outcome })
    mostAtOnce = Math.max(mostAtOnce, attempts.length)
  }

  const record = ({ row, outcome }: { readonly row: Row; readonly outcome: Outcome }): void => {
    if (row.state !== 'sending') return
    if (outcome === 'retry') {
      row.state = 'queued'
      commit(reconsider(conversation))
      return
    }
    const { version, statement } = saidBy(row)
    const final = outcome === 'crash' ? 'unknown' : outcome
    row.state = final
    commit(settle(conversation, { version, statement }, final))
  }

  /** One step with the mail that is open; false when there is none to work on. */
  const advance = (): boolean => {
    const row = [...rows.values()].find((r) => isOpen(r) && r.state !== 'sending')
    if (row === undefined || (row.state === 'waiting_contact' && !hasContact)) return false
    if (row.state === 'rendered') send(row)
    else prepare(row)
    return true
  }

  /** The oldest attempt learns its outcome (or its lease runs out); false when none is under way. */
  const learnOutcome = (): boolean => {
    const attempt = attempts.shift()
    if (attempt !== undefined) record(attempt)
    return attempt !== undefined
  }

  return {
    sent,
    /** Most mails that were open, and most whose outcome was awaited, at one time. */
    most: () => ({ open: mostOpen, atOnce: mostAtOnce }),
    learnContact: () => {
      hasContact = true
    },
    arrive: (version: number, after: LicenseSummary): void => {
      const open = conversation.open === null ? undefined : rowOf(conversation.open)
      const isUnderWay = open?.state === 'rendered' || open?.state === 'sending'
      commit(hear(conversation, licenseEvent(version, { after }), CAUSE, isUnderWay))
    },
    /** One step of the worker, whichever of the two comes first now. */
    work: (settlesFirst: boolean): boolean =>
      settlesFirst ? learnOutcome() || advance() : advance() || learnOutcome(),
    drain: (): void => {
      while (advance() || learnOutcome());
    },
  }
}
