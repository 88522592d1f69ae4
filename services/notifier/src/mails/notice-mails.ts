import type { NoticeTemplate } from '@keyflow/contracts'
import type { Brand, ContentOf } from '../domain/mail-view.ts'
import { type Block, button, type Fact, facts, type MailBody, paragraph } from './blocks.ts'
import { tierName } from './license-words.ts'
import type { MessageKey } from './messages/en.ts'
import type { Words } from './words.ts'

type Notice = ContentOf<NoticeTemplate>

interface Parts {
  readonly words: Words
  readonly notice: Notice
  /** Arguments of every message of the mail. */
  readonly values: Readonly<Record<string, string>>
  readonly pay: (label: MessageKey) => readonly Block[]
  readonly debts: readonly Block[]
  /** What happens next if nothing changes, and when. */
  readonly consequence: readonly Block[]
  readonly portal: readonly Block[]
}

type Compose = (parts: Parts) => readonly Block[]

const says =
  (...keys: readonly MessageKey[]): Compose =>
  ({ words, values }) =>
    keys.map((key) => paragraph(words.say(key, values)))

/** The body of each notice after its greeting. */
const BODIES: Readonly<Record<NoticeTemplate, Compose>> = {
  payment_failed: (parts) => {
    const { words, notice, values } = parts
    const until = notice.announces?.at
    const next = notice.nextAttemptAt
    return [
      ...says('payment_failed.intro')(parts),
      paragraph(
        until === undefined
          ? words.say('payment_failed.works')
          : words.say('payment_failed.worksUntil', { date: words.deadline(until) }),
      ),
      ...parts.debts,
      ...(notice.paymentUrl === null
        ? []
        : [
            paragraph(
              next === null
                ? words.say('payment_failed.do')
                : words.say('payment_failed.nextTry', { ...values, date: words.date(next) }),
            ),
          ]),
      ...parts.pay('button.pay'),
      ...says('common.paidAlready')(parts),
    ]
  },
  payment_action_required: (parts) => [
    ...says('payment_action_required.intro')(parts),
    ...parts.consequence,
    ...parts.debts,
    ...parts.pay('button.confirm'),
  ],
  payment_method_missing: (parts) => [
    ...says('payment_method_missing.intro')(parts),
    ...parts.consequence,
    ...parts.debts,
    ...parts.pay('button.addMethod'),
  ],
  payment_reminder: (parts) => [
    ...says('payment_reminder.intro')(parts),
    ...parts.consequence,
    ...parts.debts,
    ...parts.pay('button.pay'),
    ...says('common.paidAlready')(parts),
  ],
  license_downgraded: (parts) => [
    ...says('license_downgraded.intro', 'license_downgraded.data')(parts),
    ...parts.consequence,
    ...parts.debts,
    ...parts.pay('button.restore'),
  ],
  suspension_notice: (parts) => [
    ...says('suspension_notice.intro', 'suspension_notice.after')(parts),
    ...parts.debts,
    ...parts.pay('button.pay'),
    ...says('common.paidAlready')(parts),
  ],
  license_suspended: (parts) => [
    ...says('license_suspended.intro', 'license_suspended.restore')(parts),
    ...parts.debts,
    ...parts.pay('button.restore'),
  ],
  payment_recovered: (parts) => [
    ...says('payment_recovered.intro', 'payment_recovered.nothing')(parts),
    ...parts.portal,
  ],
  card_updated_pending: says('card_updated_pending.intro', 'card_updated_pending.quiet'),
  subscription_canceled: (parts) => [
    ...says(parts.notice.debts.length === 0 ? 'subscription_canceled.asked' : 'subscription_canceled.unpaid')(
      parts,
    ),
    ...(parts.notice.dataKeptUntil === null ? [] : says('subscription_canceled.data')(parts)),
    ...says('subscription_canceled.return')(parts),
    ...parts.pay('button.restore'),
    ...parts.portal,
  ],
  data_deletion_notice: (parts) => [
    ...says('data_deletion_notice.intro', 'data_deletion_notice.do')(parts),
    ...parts.pay('button.restore'),
    ...parts.portal,
  ],
}

/** Mails that dunning asks for: the dates are those that its plan acts upon. */
export const noticeMail = (words: Words, brand: Brand, notice: Notice): MailBody => {
  const { template } = notice
  const amounts = new Map<string, number>()
  for (const { currency, amount } of notice.debts)
    amounts.set(currency, (amounts.get(currency) ?? 0) + amount)
  const date =
    template === 'data_deletion_notice' || template === 'subscription_canceled'
      ? notice.dataKeptUntil
      : (notice.announces?.at ?? null)
  const values = {
    product: brand.product,
    amount: words.all([...amounts].map(([currency, amount]) => words.money({ currency, amount }))),
    tier: tierName(notice.tier ?? 'free'),
    date: date === null ? '' : words.deadline(date),
  }
  const parts: Parts = {
    words,
    notice,
    values,
    pay: (label) => button(words.say(label), notice.paymentUrl),
    debts: facts(debtRows(words, notice)),
    consequence:
      notice.announces === null ? [] : [paragraph(words.say(`announce.${notice.announces.level}`, values))],
    portal: button(words.say('button.portal'), brand.portalUrl),
  }
  const shown = { ...values, date: date === null ? '' : words.date(date) }
  return {
    subject: words.say(`${template}.subject`, {
      ...values,
      date: date === null ? '' : words.short(date),
    }),
    preheader: words.say(`${template}.preheader`, shown),
    heading: words.say(`${template}.heading`, shown),
    blocks: BODIES[template](parts),
  }
}

/** One row for each debt, and what there is to know of the next days. */
const debtRows = (words: Words, notice: Notice): readonly (Fact | null)[] => [
  ...notice.debts.map((debt) => ({
    label:
      notice.debts.length === 1
        ? words.say('label.open')
        : words.say('label.invoice', { number: debt.invoice }),
    value: words.money(debt),
  })),
  notice.nextAttemptAt === null
    ? null
    : { label: words.say('label.nextTry'), value: words.date(notice.nextAttemptAt) },
  notice.dataKeptUntil === null
    ? null
    : { label: words.say('label.dataKept'), value: words.date(notice.dataKeptUntil) },
]
