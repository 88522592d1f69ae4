import { factTable, htmlPage, paragraph } from './html-layout.ts'
import { headerText } from './mail-address.ts'
import type { LicenseChangedView, RenderedMail } from './mail-view.ts'
import type { Statement } from './statement.ts'
import {
  dateText,
  domainLimit,
  type Fact,
  greeting,
  licenseFacts,
  signature,
  standingSentence,
  tierName,
} from './wording.ts'

interface Headline {
  readonly subject: string
  readonly sentence: string
}

/** What matters most of everything that changed since the customer was last told; the rest is in the rows below it. */
const headlineOf = (view: LicenseChangedView): Headline => {
  const { before, now, brand } = view
  const standing = standingSentence(now, view.reason, brand.supportAddress)
  const about = `your ${brand.product} license`
  if (now.standing !== 'active' && now.standing !== before?.standing) {
    const verb = {
      pending: 'waits for payment',
      suspended: 'is suspended',
      expired: 'has ended',
      revoked: 'was revoked',
    }
    return {
      subject: `Your ${brand.product} license ${verb[now.standing]}`,
      sentence: `This is about ${about}. ${standing ?? ''}`.trim(),
    }
  }
  if (before !== null && now.standing === 'active' && before.standing !== 'active')
    return {
      subject: `Your ${brand.product} license is active again`,
      sentence: `Good news: ${about} works again, with the same key as before.${standing === null ? '' : ` ${standing}`}`,
    }
  if (before === null || before.tier !== now.tier || before.maxDomains !== now.maxDomains)
    return {
      subject:
        before !== null && before.tier === now.tier
          ? `Your ${brand.product} limit is now ${domainLimit(now.maxDomains)}`
          : `Your ${brand.product} plan is now ${tierName(now.tier)}`,
      sentence: `The plan of ${about} has changed. Your key stays the same.${standing === null ? '' : ` ${standing}`}`,
    }
  return now.cancelAt === null
    ? {
        subject: `Your ${brand.product} license will go on`,
        sentence: `The cancellation of ${about} was withdrawn: it renews as before.`,
      }
    : {
        subject: `Your ${brand.product} license ends on ${dateText(now.cancelAt)}`,
        sentence: `As requested, ${about} is set to end on ${dateText(now.cancelAt)}. It works until then.`,
      }
}

/** The rows of the license, those that changed with what they were. */
const rowsOf = (before: Statement | null, now: Statement, licenseId: string): readonly Fact[] => {
  const was = new Map(
    (before === null ? [] : licenseFacts(before, licenseId)).map(({ label, value }) => [label, value]),
  )
  return licenseFacts(now, licenseId).map(({ label, value }) => {
    const old = was.get(label)
    return { label, value: old === undefined || old === value ? value : `${value} (was ${old})` }
  })
}

/** One mail for every kind of change: a clear sentence, then the license as it is now. Never holds the key. */
export const renderLicenseChanged = (view: LicenseChangedView): RenderedMail => {
  const { brand } = view
  const headline = headlineOf(view)
  const subject = headerText(headline.subject)
  const rows = rowsOf(view.before, view.now, view.licenseId)
  return {
    subject,
    text: [
      greeting(view.customerName),
      '',
      headline.sentence,
      '',
      ...rows.map(({ label, value }) => `${`${label}:`.padEnd(9)} ${value}`),
      '',
      '-- ',
      ...signature(brand),
      '',
    ].join('\n'),
    html: htmlPage({
      preheader: headline.sentence,
      heading: subject,
      product: brand.product,
      blocks: [paragraph(greeting(view.customerName)), paragraph(headline.sentence), factTable(rows)],
      footer: signature(brand),
    }),
  }
}
