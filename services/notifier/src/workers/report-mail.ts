import type { Logger } from '@keyflow/runtime'
import type { MailMetrics } from '../mail-metrics.ts'
import type { MailInHand } from './mail-in-hand.ts'
import type { Settlement } from './mail-steps.ts'

export interface ReportOptions {
  readonly metrics: MailMetrics
  readonly logger: Logger
  readonly clock: () => Date
}

/** The one log line and the metrics of an attempt; ids and milliseconds, never an address. */
export const createReportMail = ({ metrics, logger, clock }: ReportOptions) => {
  const lineOf = (row: MailInHand) => ({ message: row._id, license: row.licenseId, template: row.template })

  return {
    attempt: (row: MailInHand, settlement: Settlement, tookMs: number): void => {
      const line = { ...lineOf(row), took_ms: Math.round(tookMs) }
      metrics.observeSend(tookMs / 1000)
      if (settlement.kind === 'retry') {
        metrics.retried(row.template)
        logger.warn({ ...line, ...settlement.failure, wait_ms: settlement.waitMs }, 'mail.put_back')
        return
      }
      metrics.settled(row.template, settlement.outcome)
      if (settlement.outcome !== 'accepted') {
        logger.error({ ...line, ...settlement.failure }, `mail.${settlement.outcome}`)
        return
      }
      const acceptedMs = row.receivedAt === null ? null : clock().getTime() - row.receivedAt
      if (acceptedMs !== null && row.template === 'license_issued')
        metrics.observeProvisioning(acceptedMs / 1000)
      logger.info({ ...line, ...(acceptedMs === null ? {} : { accepted_ms: acceptedMs }) }, 'mail.accepted')
    },
    /** Its sender died between the commit before the content and the outcome. */
    abandoned: (row: MailInHand): void => {
      metrics.settled(row.template, 'unknown')
      logger.error(lineOf(row), 'mail.unknown')
    },
    superseded: (count: number): void => {
      if (count > 0) metrics.superseded(count)
    },
  }
}
export type ReportMail = ReturnType<typeof createReportMail>
