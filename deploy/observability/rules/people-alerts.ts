import { type Alert, percent } from './alert.ts'
import { DAY, MINUTE } from './pace.ts'
import { increaseOf } from './series.ts'
import { THRESHOLDS } from './thresholds.ts'

const { dunning, mail, outbound } = THRESHOLDS
const OUTCOMES = 'keyflow_mail_outcomes_total'
const FEEDBACK = 'keyflow_mail_feedback_total'
const NOT_SCRAPED = 'The service is down or not scraped; see KeyflowServiceAbsent.'

const mailShare = (kind: string, share: number, name: string, what: string): Alert => ({
  name,
  severity: 'warning',
  expr: (pace) =>
    `sum(${increaseOf(`${FEEDBACK}{kind="${kind}"}`, DAY, pace)}) / (sum(${increaseOf(`${OUTCOMES}{outcome="accepted"}`, DAY, pace)}) >= ${mail.fewestMails}) > ${share}`,
  summary: `More than ${percent(share)} of the mails ${what}.`,
  description: `{{ $value | humanizePercentage }} of the last day's mails ${what}; above ${percent(share)} providers begin to distrust the sender.`,
  noData: `Fewer than ${mail.fewestMails} mails within the day.`,
})

/** What reaches, or harms, customers: dunning, mails, and the systems of others. */
export const PEOPLE_ALERTS: readonly Alert[] = [
  {
    name: 'DunningSchedulerLate',
    severity: 'critical',
    forSeconds: MINUTE,
    expr: () => `max(keyflow_dunning_scheduler_oldest_due_seconds) > ${dunning.lateSeconds}`,
    summary: 'Steps of dunning are due and nobody takes them.',
    description: `The oldest step has been due for {{ $value | humanizeDuration }}; more than ${dunning.lateSeconds / 60} minutes is too long. Notices come late, and so does the end of restrictions.`,
    noData: NOT_SCRAPED,
  },
  {
    name: 'DunningCommandUnacked',
    severity: 'warning',
    forSeconds: dunning.unackedFor,
    expr: () => 'max(keyflow_dunning_command_unacked) > 0',
    summary: 'Licensing has not confirmed what dunning decided.',
    description: '{{ $value }} restrictions or restores have not been applied for more than a minute.',
    noData: NOT_SCRAPED,
  },
  {
    name: 'PaidButRestricted',
    severity: 'critical',
    forSeconds: dunning.harmFor,
    expr: () => 'max(keyflow_dunning_paid_but_restricted) > 0',
    summary: 'Customers have paid their debt and are still restricted.',
    description:
      '{{ $value }} cases are paid whose licenses licensing still restricts. Each minute is harm that we do.',
    noData: NOT_SCRAPED,
  },
  {
    name: 'MailQueueOld',
    severity: 'critical',
    forSeconds: 2 * MINUTE,
    expr: () => `max(keyflow_mail_queue_age_seconds) > ${mail.queueSeconds}`,
    summary: 'Mails wait that could be sent: customers wait for their keys.',
    description: `The oldest mail has waited for {{ $value | humanizeDuration }}; more than ${mail.queueSeconds / 60} minutes is too long.`,
    noData: NOT_SCRAPED,
  },
  {
    name: 'MailUnknown',
    severity: 'warning',
    forSeconds: mail.unknownFor,
    expr: () => 'sum by (template) (keyflow_mail_messages{state="unknown"}) > 0',
    summary: 'Nobody knows whether mails have arrived.',
    description:
      '{{ $value }} mails ({{ $labels.template }}) were handed over and their outcome stayed unknown for an hour.',
    noData: NOT_SCRAPED,
  },
  {
    name: 'MailRelayHeld',
    severity: 'info',
    forSeconds: mail.heldFor,
    expr: () => 'max by (relay) (keyflow_mail_relay_held) > 0',
    summary: 'A mail relay does not answer and is left alone for a while.',
    description: 'Relay {{ $labels.relay }}. While another one is there, mails go through that.',
    noData: NOT_SCRAPED,
  },
  mailShare('hard_bounce', mail.bounceShare, 'MailBounceRateHigh', 'bounced'),
  mailShare('complaint', mail.complaintShare, 'MailComplaintRateHigh', 'were called spam'),
  {
    name: 'OutboundLate',
    severity: 'warning',
    forSeconds: 2 * MINUTE,
    expr: () => `max(keyflow_outbound_oldest_due_seconds) > ${outbound.lateSeconds}`,
    summary: 'Outgoing webhooks are due and nobody sends them.',
    description: `The oldest delivery has been due for {{ $value | humanizeDuration }}; more than ${outbound.lateSeconds / 60} minutes is too long.`,
    noData: NOT_SCRAPED,
  },
  {
    name: 'OutboundEndpointDisabled',
    severity: 'info',
    expr: () => 'max(keyflow_webhook_endpoints{state="disabled"}) > 0',
    summary: 'A receiver of outgoing webhooks was switched off because it failed for too long.',
    description:
      '{{ $value }} endpoints are disabled; their owners hear nothing until somebody enables them.',
    noData: NOT_SCRAPED,
  },
]
