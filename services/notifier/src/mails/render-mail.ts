import type { NoticeTemplate } from '@keyflow/contracts'
import { headerText } from '../domain/mail-address.ts'
import type { ContentOf, MailView, RenderedMail } from '../domain/mail-view.ts'
import { cardExpiring, moneyMoved, opsMail, renewalUpcoming, trialEnding } from './billing-mails.ts'
import type { MailBody } from './blocks.ts'
import { htmlPart, type Surroundings } from './html-part.ts'
import { keyRotated, licenseIssued, licenseResent } from './key-mails.ts'
import { licenseChanged, licenseRenewed } from './license-mails.ts'
import { noticeMail } from './notice-mails.ts'
import { textPart } from './text-part.ts'
import type { Words } from './words.ts'

/** Renders one view; `key` is used only by the mails that carry it. The same input gives the same text. */
export type RenderMail = (view: MailView, key: string) => RenderedMail

export const createRenderMail =
  (wordsFor: (locale: string, timeZone: string) => Words): RenderMail =>
  (view, key) => {
    const words = wordsFor(view.context.locale, view.context.timeZone)
    const body = bodyOf(words, view, key)
    const around = surroundingsOf(words, view)
    const subject = headerText(body.subject)
    return { subject, text: textPart(body, around), html: htmlPart({ ...body, subject }, around) }
  }

const bodyOf = (words: Words, { context: { brand }, content }: MailView, key: string): MailBody => {
  switch (content.template) {
    case 'license_issued':
      return licenseIssued(words, brand, content, key)
    case 'license_resent':
      return licenseResent(words, brand, content, key)
    case 'key_rotated':
      return keyRotated(words, brand, content, key)
    case 'license_changed':
      return licenseChanged(words, brand, content)
    case 'license_renewed':
      return licenseRenewed(words, brand, content)
    case 'trial_ending':
      return trialEnding(words, brand, content)
    case 'renewal_upcoming':
      return renewalUpcoming(words, brand, content)
    case 'card_expiring':
      return cardExpiring(words, brand, content)
    case 'refund_issued':
    case 'dispute_opened':
      return moneyMoved(words, brand, content)
    case 'ops_alert':
    case 'ops_digest':
      return opsMail(words, brand, content)
    default:
      return noticeMail(words, brand, content)
  }
}

const surroundingsOf = (words: Words, { context, content }: MailView): Surroundings => {
  const { brand, customerName } = context
  const { say } = words
  const product = { product: brand.product }
  const isForOperators = content.template === 'ops_alert' || content.template === 'ops_digest'
  return {
    locale: context.locale,
    brand,
    greeting:
      customerName === null ? say('common.greeting') : say('common.greetingNamed', { name: customerName }),
    signature: say('common.signature', product),
    footer: [
      ...(brand.supportAddress === null || isForOperators
        ? []
        : [say('common.questions', { address: brand.supportAddress })]),
      ...(isForOperators ? [] : [say('common.why', product)]),
      ...(context.isTest ? [say('common.test')] : []),
    ],
    unsubscribe:
      context.unsubscribeUrl === null
        ? null
        : { label: say('common.unsubscribe'), url: context.unsubscribeUrl },
  }
}
export type NoticeContent = ContentOf<NoticeTemplate>
