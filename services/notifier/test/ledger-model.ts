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
import { BRAND, LICENSE_ID, licenseEvent } from './samples.ts'

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
      mail: row.mail,
      licenseId: LICENSE_ID,
      conversation,
      contact: hasContact ? { email: 'a@example.com', name: null, locale: null } : null,
      brand: BRAND,
      senderDomain: 'example.com',
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

  const send = (row: Row): void => {
    const { version, statement } = row.frozen as FrozenMail
    const outcome = left.shift() ?? 'accepted'
    if (outcome === 'accepted' || outcome === 'unknown' || outcome === 'crash')
      sent.push({ template: row.mail.template, occurrence: row.mail.occurrence, statement })
    if (outcome === 'crash') row.state = 'sending'
    else if (outcome === 'retry') {
      row.state = 'queued'
      commit(reconsider(conversation))
    } else {
      row.state = outcome
      commit(settle(conversation, { version, statement }, outcome))
    }
  }

  /** One step of the worker with the open mail; false when there is nothing to do. */
  const work = (): boolean => {
    const row = [...rows.values()].find(isOpen)
    if (row === undefined || (row.state === 'waiting_contact' && !hasContact)) return false
    if (row.state === 'sending') {
      row.state = 'unknown'
      const { version, statement } = row.frozen as FrozenMail
      commit(settle(conversation, { version, statement }, 'unknown'))
    } else if (row.state === 'rendered') send(row)
    else prepare(row)
    return true
  }

  return {
    sent,
    mostOpen: () => mostOpen,
    learnContact: () => {
      hasContact = true
    },
    arrive: (version: number, after: LicenseSummary): void => {
      const open = conversation.open === null ? undefined : rowOf(conversation.open)
      const isUnderWay = open?.state === 'rendered' || open?.state === 'sending'
      commit(hear(conversation, licenseEvent(version, { after }), CAUSE, isUnderWay))
    },
    work,
    drain: (): void => {
      while (work());
    },
  }
}
