import type { NoticeTemplate } from '@keyflow/contracts'

/** Mails that Keyflow sends by itself, besides those that dunning asks for. */
export const OWN_TEMPLATES = [
  'license_issued',
  'license_changed',
  'license_renewed',
  'license_resent',
  'key_rotated',
  'trial_ending',
  'renewal_upcoming',
  'card_expiring',
  'refund_issued',
  'dispute_opened',
  'ops_alert',
  'ops_digest',
] as const
export type MailTemplate = (typeof OWN_TEMPLATES)[number] | NoticeTemplate

/** 0 goes first: a key somebody waits for, what is done to a license, everything else. */
export type Priority = 0 | 1 | 2
export const PRIORITIES: readonly Priority[] = [0, 1, 2]

export interface TemplateRules {
  readonly priority: Priority
  /**
   * What to do once nobody can say whether a copy arrived: send it again (with the same Message-ID and Date), or never.
   * Again where no mail does more harm than two.
   */
  readonly guarantee: 'at_least_once' | 'at_most_once'
  /** `key`: sent even to who complained. `optional`: can be unsubscribed from. */
  readonly category: 'key' | 'service' | 'optional' | 'operator'
}

const rules = (
  priority: Priority,
  guarantee: TemplateRules['guarantee'],
  category: TemplateRules['category'] = 'service',
): TemplateRules => ({ priority, guarantee, category })

export const TEMPLATES: Readonly<Record<MailTemplate, TemplateRules>> = {
  license_issued: rules(0, 'at_least_once', 'key'),
  license_resent: rules(0, 'at_most_once', 'key'),
  key_rotated: rules(0, 'at_least_once', 'key'),
  license_changed: rules(1, 'at_most_once'),
  license_renewed: rules(2, 'at_most_once'),
  trial_ending: rules(2, 'at_most_once'),
  renewal_upcoming: rules(2, 'at_most_once', 'optional'),
  card_expiring: rules(2, 'at_most_once', 'optional'),
  payment_failed: rules(2, 'at_most_once'),
  payment_action_required: rules(1, 'at_most_once'),
  payment_method_missing: rules(2, 'at_most_once'),
  payment_reminder: rules(2, 'at_most_once'),
  license_downgraded: rules(1, 'at_least_once'),
  suspension_notice: rules(1, 'at_most_once'),
  license_suspended: rules(1, 'at_least_once'),
  payment_recovered: rules(1, 'at_most_once'),
  card_updated_pending: rules(2, 'at_most_once'),
  subscription_canceled: rules(1, 'at_most_once'),
  data_deletion_notice: rules(1, 'at_most_once'),
  refund_issued: rules(2, 'at_most_once'),
  dispute_opened: rules(1, 'at_most_once'),
  ops_alert: rules(1, 'at_most_once', 'operator'),
  ops_digest: rules(2, 'at_most_once', 'operator'),
}

export const MAIL_TEMPLATES = Object.keys(TEMPLATES) as readonly MailTemplate[]
