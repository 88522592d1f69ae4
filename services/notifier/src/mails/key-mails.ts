import type { Brand, ContentOf } from '../domain/mail-view.ts'
import { type Block, button, facts, type MailBody, note, paragraph } from './blocks.ts'
import { licenseRows, standingSentence, tierName } from './license-words.ts'
import type { Words } from './words.ts'

const keyBlock = (label: string, key: string): Block => ({ kind: 'key', label, key })

const validateCall = (licenseApiUrl: string, key: string): Block => ({
  kind: 'code',
  text: [
    `curl -X POST \\`,
    `  ${licenseApiUrl}/api/v1/licenses/validate \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '{"key":"${key}","domain":"example.com"}'`,
  ].join('\n'),
})

/** What was bought, the key, how to use it, and how the license stands. */
export const licenseIssued = (
  words: Words,
  brand: Brand,
  view: ContentOf<'license_issued'>,
  key: string,
): MailBody => {
  const { say } = words
  const named = { product: brand.product, tier: tierName(view.now.tier) }
  const standing = standingSentence(words, view.now, view.reason)
  return {
    subject: say('license_issued.subject', named),
    preheader: say('license_issued.preheader', named),
    heading: say('license_issued.heading'),
    blocks: [
      paragraph(say('license_issued.intro', named)),
      keyBlock(say('label.key'), key),
      ...(standing === null ? [] : [note(`${say('license_issued.about')} ${standing}`)]),
      ...facts(licenseRows(words, view.now, view.licenseId)),
      paragraph(say('license_issued.howTo')),
      validateCall(brand.licenseApiUrl, key),
      ...button(say('button.portal'), brand.portalUrl),
      paragraph(say('license_issued.keep')),
    ],
  }
}

export const licenseResent = (
  words: Words,
  brand: Brand,
  view: ContentOf<'license_resent'>,
  key: string,
): MailBody => {
  const { say } = words
  const named = { product: brand.product, tier: tierName(view.now.tier) }
  const standing = standingSentence(words, view.now, view.reason)
  return {
    subject: say('license_resent.subject', named),
    preheader: say('license_resent.preheader'),
    heading: say('license_resent.heading'),
    blocks: [
      paragraph(say('license_resent.intro', named)),
      keyBlock(say('label.key'), key),
      ...(standing === null ? [] : [note(`${say('license_issued.about')} ${standing}`)]),
      paragraph(say('license_resent.who', { date: words.date(view.sentAt) })),
      ...facts(licenseRows(words, view.now, view.licenseId)),
    ],
  }
}

export const keyRotated = (
  words: Words,
  brand: Brand,
  view: ContentOf<'key_rotated'>,
  key: string,
): MailBody => {
  const { say } = words
  const named = { product: brand.product }
  return {
    subject: say('key_rotated.subject', named),
    preheader: say('key_rotated.preheader'),
    heading: say('key_rotated.heading'),
    blocks: [
      paragraph(say('key_rotated.intro', { ...named, date: words.date(view.rotatedAt) })),
      keyBlock(say('label.newKey'), key),
      paragraph(
        view.oldKeyUntil === null
          ? say('key_rotated.oldEnded')
          : say('key_rotated.oldUntil', { date: words.deadline(view.oldKeyUntil) }),
      ),
      note(say('key_rotated.warning')),
      ...facts(licenseRows(words, view.now, view.licenseId)),
    ],
  }
}
