import type { FinalOutcome } from './conversation.ts'

/** How far an SMTP dialog came when it ended, and what the server said. */
export interface SmtpFailure {
  /** The first byte of content may have left. */
  readonly bytesBegan: boolean
  /** The command that the server refused; `connection` when nothing was refused (lost, timed out, no greeting, TLS, login). */
  readonly stage: 'connection' | 'mail' | 'rcpt' | 'data'
  /** Reply code of the refusal; null without one. */
  readonly reply: number | null
  /** Enhanced status code (RFC 3463), e.g. `5.1.1`; null without one. */
  readonly status: string | null
  /** The message itself was not acceptable to our own client (an address that is none). */
  readonly isMalformed: boolean
}

export type Verdict =
  | { readonly kind: 'retry'; readonly why: 'connection' | 'refused_for_now' }
  | { readonly kind: 'final'; readonly outcome: Exclude<FinalOutcome, 'accepted'> }

/**
 * What a failed attempt means. Tried again only if surely no copy was accepted: before the first byte of content, or
 * after a reply that refuses it. Silence after that is `unknown`, never a reason to send again.
 */
export const judge = (failure: SmtpFailure): Verdict => {
  const { stage, reply, bytesBegan } = failure
  if (failure.isMalformed) return { kind: 'final', outcome: 'failed' }
  if (stage === 'data' && reply !== null) {
    if (reply >= 500) return { kind: 'final', outcome: 'failed' }
    return reply >= 400 ? { kind: 'retry', why: 'refused_for_now' } : { kind: 'final', outcome: 'unknown' }
  }
  if (bytesBegan) return { kind: 'final', outcome: 'unknown' }
  if (stage === 'rcpt' && reply !== null && reply >= 500) return { kind: 'final', outcome: 'bounced' }
  // A sender that is refused for good is the relay's configuration, not this mail: it waits until that is mended.
  return { kind: 'retry', why: stage === 'connection' ? 'connection' : 'refused_for_now' }
}

/** A mail that could not be handed over for this long has failed. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000

const FIRST_WAIT_MS = { connection: 1000, refused_for_now: 15_000 } as const
const LONGEST_WAIT_MS = { connection: 60_000, refused_for_now: 1_800_000 } as const

/** Milliseconds until the next attempt; `random` in [0, 1) spreads the upper half. */
export const retryWaitMs = (why: keyof typeof FIRST_WAIT_MS, attempts: number, random: number): number =>
  Math.min(LONGEST_WAIT_MS[why], FIRST_WAIT_MS[why] * 2 ** Math.min(Math.max(0, attempts - 1), 20)) *
  (0.5 + random / 2)

/** A refusal that is about the mailbox itself (no such user, moved, disabled), and not about policy or content. */
export const isBadMailbox = ({ stage, reply, status }: SmtpFailure): boolean => {
  if (stage !== 'rcpt' || reply === null || reply < 500) return false
  return status === null ? [550, 551, 553].includes(reply) : /^5\.(1\.\d+|2\.1)$/.test(status)
}
