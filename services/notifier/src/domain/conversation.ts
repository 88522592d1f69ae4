import type { LicenseEvent, LicenseSummary } from '@keyflow/contracts'
import { isDunnings, type Statement, saysTheSame, statementOf } from './statement.ts'

/** The mails that the conversation about a license decides. */
export type LicenseTemplate = 'license_issued' | 'license_changed'

/** What a mail takes over from the event behind it. */
export interface Cause {
  /** Scoped ids under which the buyer's contact may be known. */
  readonly refs: readonly string[]
  /** W3C trace headers. */
  readonly trace: Readonly<Record<string, string>>
  /** Unix milliseconds at which the webhook was accepted; null when that is not known. */
  readonly receivedAt: number | null
}

/** The newest that is known of a license, whatever order its events came in. */
export interface NewestState {
  readonly version: number
  readonly summary: LicenseSummary
  readonly cause: Cause
}

/** The mail that waits or is under way. There is never a second one: so mails keep their order. */
export interface OpenMail {
  readonly template: LicenseTemplate
  readonly occurrence: string
  readonly version: number
}

/**
 * What is being said to the customer about one license. One mail at a time: while it is under way news is only
 * remembered, and when its outcome is known the newest state is compared with what was told.
 */
export interface Conversation {
  readonly newest: NewestState | null
  /** The last attempt to tell: its version, and what the customer surely knows since (null = not sure). */
  readonly told: { readonly version: number; readonly statement: Statement | null } | null
  readonly open: OpenMail | null
  /** The first key has been announced: its mail exists, and never a second. */
  readonly isIssued: boolean
}

export const NEW_CONVERSATION: Conversation = { newest: null, told: null, open: null, isIssued: false }

/** What to do with the ledger after a step; rows are named by template and occurrence. */
export interface Step {
  readonly conversation: Conversation
  /** Waiting mail that is no longer true. */
  readonly superseded: OpenMail | null
  /** Mail to put into the ledger. */
  readonly queued: OpenMail | null
}

const changedMail = (version: number): OpenMail => ({
  template: 'license_changed',
  occurrence: `v${version}`,
  version,
})

/**
 * True when the customer was last told something else than what is newest. While payments are failing dunning does the
 * talking: what it does to the license is told by its own notices, and undone before anybody is told here.
 */
export const needsTelling = ({ newest, told }: Conversation): boolean =>
  newest !== null &&
  told !== null &&
  !isDunnings(newest.summary) &&
  newest.version > told.version &&
  (told.statement === null || !saysTheSame(statementOf(newest.summary), told.statement))

/** Queues the newest state if it has to be told and nothing is under way. */
const speak = (conversation: Conversation, superseded: OpenMail | null = null): Step => {
  if (conversation.open !== null || conversation.newest === null || !needsTelling(conversation))
    return { conversation, superseded, queued: null }
  const queued = changedMail(conversation.newest.version)
  return { conversation: { ...conversation, open: queued }, superseded, queued }
}

/**
 * Takes in one license event. `isUnderWay` says whether the open mail has been rendered already: then it runs its course;
 * otherwise an older change that waits gives way to the newer one.
 */
export const hear = (before: Conversation, event: LicenseEvent, cause: Cause, isUnderWay: boolean): Step => {
  const advances = before.newest === null || event.licenseVersion > before.newest.version
  const heard: Conversation = advances
    ? { ...before, newest: { version: event.licenseVersion, summary: event.after, cause } }
    : before
  if (event.type === 'license.issued' && !heard.isIssued && event.quiet === true) {
    // Who gave the license tells the customer; what changes later is told here, from what they know by then.
    const told = { version: event.licenseVersion, statement: statementOf(event.after) }
    return speak({ ...heard, isIssued: true, told })
  }
  if (event.type === 'license.issued' && !heard.isIssued) {
    const queued: OpenMail = {
      template: 'license_issued',
      occurrence: `key${event.keyVersion}`,
      version: event.licenseVersion,
    }
    return { conversation: { ...heard, isIssued: true, open: queued }, superseded: null, queued }
  }
  return advances && !isUnderWay ? reconsider(heard) : { conversation: heard, superseded: null, queued: null }
}

/** Gives up an open change that is no longer the newest or no longer news, and queues what is. */
export const reconsider = (conversation: Conversation): Step => {
  const { open, newest } = conversation
  if (open?.template !== 'license_changed') return speak(conversation)
  if (open.version === newest?.version && needsTelling(conversation))
    return { conversation, superseded: null, queued: null }
  return speak({ ...conversation, open: null }, open)
}

export type FinalOutcome = 'accepted' | 'bounced' | 'failed' | 'unknown'

/** What a mail that was sent (or tried) said: the state that was newest when it was rendered. */
export interface Said {
  readonly version: number
  readonly statement: Statement
}

/**
 * Takes in the outcome of the open mail. `unknown` may have been read or not: whatever comes next is told.
 * What bounced or failed was not read: what the customer knew before stands.
 */
export const settle = (before: Conversation, said: Said, outcome: FinalOutcome): Step => {
  const known =
    outcome === 'accepted' ? said.statement : outcome === 'unknown' ? null : before.told?.statement
  return speak({ ...before, open: null, told: { version: said.version, statement: known ?? null } })
}

/** An attempt whose outcome was unknown turns out to have been accepted after all. */
export const confirm = (before: Conversation, said: Said): Conversation =>
  before.told?.version === said.version
    ? { ...before, told: { version: said.version, statement: said.statement } }
    : before
