import type { Logger } from '@keyflow/runtime'
import type { MessageRow } from '../adapters/message-rows.ts'
import type { MailMetrics } from '../mail-metrics.ts'
import type { Settlement } from './mail-steps.ts'

export interface ReportOptions {
  readonly metrics: MailMetrics
  readonly logger: Logger
  readonly clock: () => Date
}

/** The one log line and the metrics of an attempt; ids and milliseconds, never an address. */
export const createReportMail = ({ metrics, logger, clock }: ReportOptions) => {
  const lineOf = (row: MessageRow) => ({ message: row._id, license: row.licenseId, template: row.template })

  return {
    attempt: (row: MessageRow, settlement: Settlement, tookMs: number): void => {
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
    abandoned: (row: MessageRow): void => {
      metrics.settled(row.template, 'unknown')
      logger.error(lineOf(row), 'mail.unknown')
    },
    superseded: (row: MessageRow): void => {
      metrics.settled(row.template, 'superseded')
      logger.info(lineOf(row), 'mail.superseded')
    },
  }
}
export type ReportMail = ReturnType<typeof createReportMail>
