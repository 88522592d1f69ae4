import { type Brand, type ContentOf, OPS_COUNTS } from '../domain/mail-view.ts'
import { button, facts, type MailBody, paragraph } from './blocks.ts'
import { tierName } from './license-words.ts'
import type { Words } from './words.ts'

export const trialEnding = (words: Words, brand: Brand, view: ContentOf<'trial_ending'>): MailBody => {
  const { say } = words
  const date = words.date(view.endsAt)
  const values = { product: brand.product, tier: view.tier === null ? '' : tierName(view.tier), date }
  const price = view.price === null ? null : words.money(view.price)
  return {
    subject: say('trial_ending.subject', { ...values, date: words.short(view.endsAt) }),
    preheader: say('trial_ending.preheader'),
    heading: say('trial_ending.heading'),
    blocks: [
      paragraph(say('trial_ending.intro', values).replace(/ {2,}/g, ' ')),
      paragraph(
        price === null ? say('trial_ending.continues') : say('trial_ending.price', { amount: price }),
      ),
      paragraph(say('trial_ending.keep')),
      ...facts([
        { label: say('label.trialEnds'), value: words.deadline(view.endsAt) },
        price === null ? null : { label: say('label.price'), value: price },
      ]),
      paragraph(say('trial_ending.cancel')),
      ...button(say('button.portal'), brand.portalUrl),
    ],
  }
}

export const renewalUpcoming = (
  words: Words,
  brand: Brand,
  view: ContentOf<'renewal_upcoming'>,
): MailBody => {
  const { say } = words
  const amount = words.money(view.price)
  const values = { product: brand.product, amount, date: words.date(view.renewsAt) }
  return {
    subject: say('renewal_upcoming.subject', { ...values, date: words.short(view.renewsAt) }),
    preheader: say('renewal_upcoming.preheader'),
    heading: say('renewal_upcoming.heading'),
    blocks: [
      paragraph(say('renewal_upcoming.intro', values)),
      ...facts([
        { label: say('label.renewsOn'), value: words.deadline(view.renewsAt) },
        { label: say('label.price'), value: amount },
      ]),
      paragraph(say('renewal_upcoming.cancel')),
      ...button(say('button.portal'), brand.portalUrl),
    ],
  }
}

export const cardExpiring = (words: Words, brand: Brand, view: ContentOf<'card_expiring'>): MailBody => {
  const { say } = words
  const month = words.month(view.year, view.month)
  const values = { product: brand.product, last4: view.last4, month }
  return {
    subject: say('card_expiring.subject', values),
    preheader: say('card_expiring.preheader', values),
    heading: say('card_expiring.heading'),
    blocks: [
      paragraph(say('card_expiring.intro', values)),
      ...facts([{ label: say('label.card'), value: say('label.cardValue', { last4: view.last4, month }) }]),
      paragraph(say('card_expiring.do')),
      ...button(say('button.portal'), brand.portalUrl),
    ],
  }
}

export const moneyMoved = (
  words: Words,
  brand: Brand,
  view: ContentOf<'refund_issued' | 'dispute_opened'>,
): MailBody => {
  const { say } = words
  const amount = words.money(view.money)
  const values = { product: brand.product, amount }
  const isRefund = view.template === 'refund_issued'
  return {
    subject: say(`${view.template}.subject`, values),
    preheader: isRefund ? say('refund_issued.preheader', values) : say('dispute_opened.preheader'),
    heading: say(`${view.template}.heading`),
    blocks: [
      paragraph(say(`${view.template}.intro`, values)),
      ...facts([{ label: say(isRefund ? 'label.refunded' : 'label.disputed'), value: amount }]),
      paragraph(say(isRefund ? 'refund_issued.when' : 'dispute_opened.mistake')),
    ],
  }
}

/** For operators: numbers alone, no name and no address. */
export const opsMail = (
  words: Words,
  brand: Brand,
  view: ContentOf<'ops_alert' | 'ops_digest'>,
): MailBody => {
  const { say } = words
  const { counts, template } = view
  const number = (value: number): string => new Intl.NumberFormat(words.locale).format(value)
  const values = {
    product: brand.product,
    date: words.deadline(view.since),
    accepted: number(counts.accepted),
    troubled: number(counts.bounced + counts.complained + counts.failed + counts.unknown + counts.suppressed),
  }
  const shown = template === 'ops_digest' ? OPS_COUNTS : OPS_COUNTS.filter((kind) => counts[kind] > 0)
  return {
    subject: say(`${template}.subject`, { ...values, date: words.short(view.since) }),
    preheader: say(`${template}.preheader`, values),
    heading: say(`${template}.heading`),
    blocks: [
      paragraph(say(`${template}.intro`, values)),
      ...facts(shown.map((kind) => ({ label: say(`ops.${kind}`), value: number(counts[kind]) }))),
    ],
  }
}
