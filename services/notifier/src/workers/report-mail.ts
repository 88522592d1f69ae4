import { HEADER } from '@keyflow/contracts'
import { type Logger, traceIdOf } from '@keyflow/runtime'
import type { DropState } from '../domain/message.ts'
import type { MailMetrics } from '../mail-metrics.ts'
import type { MailInHand } from './mail-in-hand.ts'
import type { Settlement } from './settle-mails.ts'

export interface ReportOptions {
  readonly metrics: MailMetrics
  readonly logger: Logger
  /** Tells operators of what wants a person. */
  readonly alert: (kind: 'unknown' | 'failed' | 'bounced' | 'complained' | 'suppressed') => void
  readonly clock: () => Date
}

/** Seconds; null for what no event of Stripe began. */
const sinceStripe = ({ trace }: Pick<MailInHand, 'trace'>, now: Date): number | null => {
  const occurredAt = Date.parse(trace[HEADER.occurredAt] ?? '')
  return Number.isNaN(occurredAt) ? null : (now.getTime() - occurredAt) / 1000
}

type Row = Pick<MailInHand, '_id' | 'template' | 'licenseId'>

/** The one log line and the metrics of what happens to a mail; ids and milliseconds, never an address. */
export const createReportMail = ({ metrics, logger, alert, clock }: ReportOptions) => {
  const lineOf = (row: Row) => ({ message: row._id, license: row.licenseId, template: row.template })

  return {
    attempt: (row: MailInHand, settlement: Settlement, tookMs: number): void => {
      const line = { ...lineOf(row), took_ms: Math.round(tookMs), trace_id: traceIdOf(row.trace) }
      metrics.observeSend(tookMs / 1000, row.trace)
      if (settlement.kind === 'retry') {
        metrics.retried(row.template)
        logger.warn({ ...line, ...settlement.failure, wait_ms: settlement.waitMs }, 'mail.put_back')
        return
      }
      const { outcome } = settlement
      metrics.settled(row.template, outcome)
      if (outcome !== 'accepted') {
        alert(outcome)
        logger.error({ ...line, ...settlement.failure }, `mail.${outcome}`)
        return
      }
      const acceptedMs = row.receivedAt === null ? null : clock().getTime() - row.receivedAt
      if (acceptedMs !== null && row.template === 'license_issued')
        metrics.observeProvisioning(acceptedMs / 1000, sinceStripe(row, clock()), row.trace)
      logger.info({ ...line, ...(acceptedMs === null ? {} : { accepted_ms: acceptedMs }) }, 'mail.accepted')
    },
    /** Its sender died between the commit before the content and the outcome. */
    abandoned: (row: Row): void => {
      metrics.settled(row.template, 'unknown')
      alert('unknown')
      logger.error(lineOf(row), 'mail.unknown')
    },
    /** Not sent after all. */
    dropped: (row: Row, state: DropState, reason: string): void => {
      metrics.settled(row.template, state)
      if (state === 'suppressed') alert('suppressed')
      logger.info({ ...lineOf(row), reason }, `mail.${state}`)
    },
    /** Waiting changes that gave way to newer ones. */
    superseded: (count: number): void => {
      for (let n = 0; n < count; n += 1) metrics.settled('license_changed', 'superseded')
    },
    /** Unknown for long enough: these are sent again. */
    reopened: (count: number): void => {
      if (count === 0) return
      metrics.reopened(count)
      logger.warn({ count }, 'mail.sent_again')
    },
    /** A report about a mail that this ledger does not know, or has not sent. */
    unmatched: (kind: string): void => {
      metrics.feedback('unmatched')
      logger.warn({ kind }, 'mail.feedback_unmatched')
    },
    /** What a provider or a mail server reported later. */
    feedback: (row: Row, state: 'delivered' | 'bounced' | 'complained', kind: string): void => {
      metrics.settled(row.template, state)
      metrics.feedback(kind)
      if (state !== 'delivered') alert(state)
      logger[state === 'delivered' ? 'info' : 'warn']({ ...lineOf(row), kind }, `mail.${state}`)
    },
  }
}
export type ReportMail = ReturnType<typeof createReportMail>
