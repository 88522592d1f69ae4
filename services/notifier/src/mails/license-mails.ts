import type { Brand, ContentOf } from '../domain/mail-view.ts'
import { button, facts, type MailBody, paragraph } from './blocks.ts'
import { changedRows, domainLimit, licenseRows, standingSentence, tierName } from './license-words.ts'
import type { Words } from './words.ts'

interface Headline {
  readonly subject: string
  readonly sentence: string
}

type Changed = ContentOf<'license_changed'>

/** What matters most of everything that changed since the customer was last told; the rest is in the rows below it. */
const headlineOf = (words: Words, brand: Brand, view: Changed): Headline => {
  const { say } = words
  const { before, now } = view
  const named = { product: brand.product }
  const standing = standingSentence(words, now, view.reason)
  const with_ = (sentence: string): string => (standing === null ? sentence : `${sentence} ${standing}`)
  if (now.standing !== 'active' && now.standing !== before?.standing)
    return {
      subject: say(`license_changed.subject.${now.standing}`, named),
      sentence: with_(say('license_changed.about', named)),
    }
  if (before !== null && now.standing === 'active' && before.standing !== 'active')
    return {
      subject: say('license_changed.subject.active', named),
      sentence: with_(say('license_changed.again', named)),
    }
  if (before === null || before.tier !== now.tier || before.maxDomains !== now.maxDomains)
    return {
      subject:
        before !== null && before.tier === now.tier
          ? say('license_changed.subject.limit', { ...named, limit: domainLimit(words, now.maxDomains) })
          : say('license_changed.subject.plan', { ...named, tier: tierName(now.tier) }),
      sentence: with_(say('license_changed.plan', named)),
    }
  if (now.cancelAt === null)
    return {
      subject: say('license_changed.subject.goesOn', named),
      sentence: say('license_changed.goesOn', named),
    }
  const ends = { ...named, date: words.date(now.cancelAt) }
  return {
    subject: say('license_changed.subject.ends', { ...named, date: words.short(now.cancelAt) }),
    sentence: say('license_changed.ends', ends),
  }
}

/** One mail for every kind of change: a clear sentence, then the license as it is now. Never holds the key. */
export const licenseChanged = (words: Words, brand: Brand, view: Changed): MailBody => {
  if (isEndOnRequest(view)) return subscriptionEnded(words, brand, view)
  const { subject, sentence } = headlineOf(words, brand, view)
  return {
    subject,
    preheader: sentence,
    heading: subject,
    blocks: [
      paragraph(sentence),
      ...facts(changedRows(words, view.before, view.now, view.licenseId)),
      ...button(words.say('button.portal'), brand.portalUrl),
    ],
  }
}

const isEndOnRequest = ({ now, before, reason }: Changed): boolean =>
  now.standing === 'expired' && before?.standing !== 'expired' && reason === 'canceled'

const subscriptionEnded = (words: Words, brand: Brand, view: Changed): MailBody => {
  const { say } = words
  const named = { product: brand.product }
  return {
    subject: say('subscription_canceled.subject', named),
    preheader: say('subscription_canceled.preheader'),
    heading: say('subscription_canceled.heading'),
    blocks: [
      paragraph(say('subscription_canceled.asked', named)),
      ...facts(changedRows(words, view.before, view.now, view.licenseId)),
      paragraph(say('subscription_canceled.return')),
      ...button(say('button.portal'), brand.portalUrl),
    ],
  }
}

export const licenseRenewed = (words: Words, brand: Brand, view: ContentOf<'license_renewed'>): MailBody => {
  const { say } = words
  const named = {
    product: brand.product,
    date: view.validThrough === null ? '' : words.date(view.validThrough),
  }
  return {
    subject: say('license_renewed.subject', {
      ...named,
      date: view.validThrough === null ? '' : words.short(view.validThrough),
    }),
    preheader: say('license_renewed.preheader'),
    heading: say('license_renewed.heading'),
    blocks: [
      paragraph(say('license_renewed.intro', named)),
      ...facts(licenseRows(words, view.now, view.licenseId)),
      ...button(say('button.portal'), brand.portalUrl),
    ],
  }
}
