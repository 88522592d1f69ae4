import type { RecordHeaders } from '@keyflow/contracts'
import { Counter, Gauge, Histogram, LATENCY_BUCKETS, observeTraced, type Registry } from '@keyflow/runtime'
import { MESSAGE_STATES, type MessageState, OPEN_STATES } from './domain/message.ts'
import { MAIL_TEMPLATES, type MailTemplate } from './domain/templates.ts'

const FINAL_STATES = MESSAGE_STATES.filter((state) => !OPEN_STATES.includes(state))
export const FEEDBACK_KINDS = ['delivered', 'hard_bounce', 'soft_bounce', 'complaint', 'unmatched'] as const

/** What is in the ledger right now and wants attention. */
export interface LedgerView {
  readonly counts: readonly {
    readonly template: MailTemplate
    readonly state: MessageState
    readonly count: number
  }[]
  /** Of the oldest mail that could be sent; 0 when there is none. */
  readonly queueAgeSeconds: number
}

const PROVISIONING_BUCKETS = [0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2.5, 5, 15, 60, 300, 3600]

/** Closed label sets, initialized to 0; no address, license or message id in any label. */
export const createMailMetrics = (
  registry: Registry,
  readLedger: () => Promise<LedgerView | null>,
  relays: () => readonly { readonly name: string; readonly isHeld: boolean }[] = () => [],
) => {
  const outcomes = new Counter({
    name: 'keyflow_mail_outcomes_total',
    help: 'Mails by what became of them.',
    labelNames: ['template', 'outcome'],
    registers: [registry],
  })
  const retries = new Counter({
    name: 'keyflow_mail_retries_total',
    help: 'Attempts that surely left no copy behind and are made again.',
    labelNames: ['template'],
    registers: [registry],
  })
  for (const template of MAIL_TEMPLATES) {
    for (const outcome of FINAL_STATES) outcomes.inc({ template, outcome }, 0)
    retries.inc({ template }, 0)
  }
  const feedback = new Counter({
    name: 'keyflow_mail_feedback_total',
    help: 'Reports of bounces, complaints and deliveries that came after a mail was handed over.',
    labelNames: ['kind'],
    registers: [registry],
  })
  for (const kind of FEEDBACK_KINDS) feedback.inc({ kind }, 0)
  const again = new Counter({
    name: 'keyflow_mail_sent_again_total',
    help: 'Mails of unknown outcome that were queued once more, as their template allows.',
    registers: [registry],
  })
  new Gauge({
    name: 'keyflow_mail_relay_held',
    help: '1 while a relay is left alone because it does not answer.',
    labelNames: ['relay'],
    registers: [registry],
    collect() {
      for (const { name, isHeld } of relays()) this.set({ relay: name }, isHeld ? 1 : 0)
    },
  })
  const send = new Histogram({
    name: 'keyflow_mail_send_seconds',
    help: 'Handing one mail to the relay: rendering, dialog, and the commit before the content.',
    buckets: LATENCY_BUCKETS,
    enableExemplars: true,
    registers: [registry],
  })
  const sinceStripe = new Histogram({
    name: 'keyflow_provisioning_since_stripe_seconds',
    help: 'From the creation of the event at Stripe (whole seconds) to the mail with the license key accepted by the relay.',
    buckets: PROVISIONING_BUCKETS,
    enableExemplars: true,
    registers: [registry],
  })
  const provisioning = new Histogram({
    name: 'keyflow_provisioning_seconds',
    help: 'From the webhook accepted to the mail with the license key accepted by the relay.',
    buckets: PROVISIONING_BUCKETS,
    enableExemplars: true,
    registers: [registry],
  })
  const queueAge = new Gauge({
    name: 'keyflow_mail_queue_age_seconds',
    help: 'Age of the oldest mail that could be sent and is not.',
    registers: [registry],
  })
  const rows = new Gauge({
    name: 'keyflow_mail_messages',
    help: 'Mails in the ledger that are not settled, or whose outcome is unknown.',
    labelNames: ['template', 'state'],
    registers: [registry],
    collect: async () => {
      const view = await readLedger().catch(() => null)
      if (view === null) return
      for (const template of MAIL_TEMPLATES)
        for (const state of [...OPEN_STATES, 'unknown' as const]) rows.set({ template, state }, 0)
      for (const { template, state, count } of view.counts) rows.set({ template, state }, count)
      queueAge.set(view.queueAgeSeconds)
    },
  })
  for (const template of MAIL_TEMPLATES)
    for (const state of [...OPEN_STATES, 'unknown' as const]) rows.set({ template, state }, 0)
  return {
    settled: (template: MailTemplate, outcome: MessageState): void => outcomes.inc({ template, outcome }),
    feedback: (kind: string): void => feedback.inc({ kind }),
    reopened: (count: number): void => again.inc(count),
    retried: (template: MailTemplate): void => retries.inc({ template }),
    observeSend: (seconds: number, trace: RecordHeaders): void => observeTraced(send, {}, seconds, trace),
    /** `fromStripe`: null where it is not known when it happened there. */
    observeProvisioning: (seconds: number, fromStripe: number | null, trace: RecordHeaders): void => {
      observeTraced(provisioning, {}, Math.max(0, seconds), trace)
      if (fromStripe !== null) observeTraced(sinceStripe, {}, Math.max(0, fromStripe), trace)
    },
  }
}
export type MailMetrics = ReturnType<typeof createMailMetrics>
