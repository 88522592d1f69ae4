import { codeBlock, factTable, htmlPage, keyBox, paragraph } from './html-layout.ts'
import { headerText } from './mail-address.ts'
import type { LicenseIssuedView, RenderedMail } from './mail-view.ts'
import { greeting, licenseFacts, signature, standingSentence, tierName } from './wording.ts'

const validateCall = (licenseApiUrl: string, key: string): string =>
  [
    `curl -X POST ${licenseApiUrl}/api/v1/licenses/validate \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '{"key":"${key}","domain":"example.com"}'`,
  ].join('\n')

/** The mail that carries the key: what was bought, the key, how to use it, and how the license stands. */
export const renderLicenseIssued = (view: LicenseIssuedView, key: string): RenderedMail => {
  const { brand, now } = view
  const subject = headerText(`Your ${brand.product} license key`)
  const intro = `Thank you for your purchase. This is your license key for ${brand.product} ${tierName(now.tier)}.`
  const standing = standingSentence(now, view.reason, brand.supportAddress)
  const note =
    standing === null ? [] : [`About this license: ${standing.charAt(0).toLowerCase()}${standing.slice(1)}`]
  const howTo =
    'Enter the key in the software, or let your software ask the license API whether the key is valid:'
  const keep = 'Keep this mail: the key stays the same when the plan changes.'
  const call = validateCall(brand.licenseApiUrl, key)
  const facts = licenseFacts(now, view.licenseId)
  return {
    subject,
    text: [
      greeting(view.customerName),
      '',
      intro,
      '',
      `    ${key}`,
      '',
      ...note.flatMap((line) => [line, '']),
      ...facts.map(({ label, value }) => `${`${label}:`.padEnd(9)} ${value}`),
      '',
      howTo,
      '',
      call,
      '',
      keep,
      '',
      '-- ',
      ...signature(brand),
      '',
    ].join('\n'),
    html: htmlPage({
      preheader: `${brand.product} ${tierName(now.tier)}: your key and how to use it`,
      heading: 'Your license key',
      product: brand.product,
      blocks: [
        paragraph(greeting(view.customerName)),
        paragraph(intro),
        keyBox('License key', key),
        ...note.map(paragraph),
        factTable(facts),
        paragraph(howTo),
        codeBlock(call),
        paragraph(keep),
      ],
      footer: signature(brand),
    }),
  }
}
