import { describe, expect, it } from '@jest/globals'
import { BRAND, LICENSE_ID, summary } from '../../test/samples.ts'
import { type LicenseChangedView, type LicenseIssuedView, licenseView } from './mail-view.ts'
import { renderMail } from './render-mail.ts'
import { type Statement, statementOf } from './statement.ts'

const KEY = 'KF-ABCDE-FGHJK-MNPQR-STVWX'
const PRO = statementOf(summary())

const issued = (
  of: Parameters<typeof summary>[0] = {},
  customerName: string | null = 'Ada',
): LicenseIssuedView => {
  const license = summary(of)
  const context = { brand: BRAND, licenseId: LICENSE_ID, customerName, locale: null }
  return { ...licenseView(license, statementOf(license), context), template: 'license_issued' }
}

const changed = (before: Statement | null, of: Parameters<typeof summary>[0]): LicenseChangedView => ({
  ...issued(of),
  template: 'license_changed',
  before,
})

describe('the mail with the key', () => {
  const mail = renderMail(issued(), KEY)

  it('has key, plan, limit and the call that validates it, in both parts', () => {
    for (const part of [mail.text, mail.html])
      for (const needed of [
        KEY,
        'Pro',
        '10 domains',
        'https://licenses.example.com/api/v1/licenses/validate',
      ])
        expect(part).toContain(needed)
  })

  it('says nothing of the status while there is nothing to say', () => {
    expect(mail.text).not.toContain('About this license')
  })

  it.each([
    [{ status: 'expired', reason: 'canceled' }, 'it has ended because the subscription was canceled'],
    [
      { status: 'suspended', reason: 'paused' },
      'it is currently suspended because the subscription is paused',
    ],
    [{ status: 'revoked' }, 'it has been revoked'],
    [{ cancelAt: '2027-03-02T10:00:00.000Z' }, 'it is set to end on 2 March 2027'],
  ] as const)('says how the license stands when it does not simply work: %j', (of, sentence) => {
    expect(renderMail(issued(of), KEY).text).toContain(sentence)
  })

  it('keeps causes that a customer need not read to itself', () => {
    const { text, html } = renderMail(issued({ status: 'suspended', reason: 'fraudulent_dispute' }), KEY)
    expect(`${text}${html}`).not.toMatch(/fraud|dispute/)
  })
})

describe('the mail about a change', () => {
  it.each([
    ['another tier', PRO, { tier: 'business', maxDomains: 25 }, 'Your Traffic Router plan is now Business'],
    ['another limit', PRO, { maxDomains: 20 }, 'Your Traffic Router limit is now 20 domains'],
    ['a suspension', PRO, { status: 'suspended' }, 'Your Traffic Router license is suspended'],
    ['an end', PRO, { status: 'expired' }, 'Your Traffic Router license has ended'],
    ['a revocation', PRO, { status: 'revoked' }, 'Your Traffic Router license was revoked'],
    ['a reinstatement', { ...PRO, standing: 'suspended' }, {}, 'Your Traffic Router license is active again'],
    [
      'a scheduled cancellation',
      PRO,
      { cancelAt: '2027-03-02T10:00:00.000Z' },
      'Your Traffic Router license ends on 2 March 2027',
    ],
    [
      'a cancellation that was withdrawn',
      { ...PRO, cancelAt: '2027-03-02T10:00:00.000Z' },
      {},
      'Your Traffic Router license will go on',
    ],
    ['whatever may have been', null, { tier: 'business' }, 'Your Traffic Router plan is now Business'],
  ] as const)('names %s in its subject', (_what, before, of, subject) => {
    expect(renderMail(changed(before, of), '').subject).toBe(subject)
  })

  it('shows what was beside what is', () => {
    const { text } = renderMail(changed(PRO, { tier: 'business', maxDomains: 25 }), '')
    expect(text).toContain('Business (was Pro)')
    expect(text).toContain('25 domains (was 10 domains)')
  })

  it('never holds the key', () => {
    const { subject, text, html } = renderMail(changed(PRO, { tier: 'business' }), KEY)
    expect(`${subject}${text}${html}`).not.toContain(KEY)
  })
})

describe('every mail', () => {
  const evil = `<script>alert('x')</script>"&`

  it('shows what a customer typed as text, never as markup', () => {
    const { html } = renderMail(issued({ tier: evil }, evil), KEY)
    expect(html).not.toContain('<script>')
    expect(html).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;')
  })

  it('has a subject of one line, of a length that inboxes show', () => {
    const brand = { ...BRAND, product: `Router\r\nBcc: all@example.com ${'x'.repeat(300)}` }
    const { subject } = renderMail({ ...issued(), brand }, KEY)
    expect(subject).not.toMatch(/[\r\n]/)
    expect(subject.length).toBeLessThanOrEqual(120)
  })

  it('works in dark inboxes, needs nothing from the network and stays small', () => {
    const { html } = renderMail(issued(), KEY)
    expect(html).toContain('<meta name="color-scheme" content="light dark">')
    expect(html).not.toMatch(/<img|<link|url\(|src=/)
    expect(html.length).toBeLessThan(20_000)
  })

  it('comes out the same whenever it is rendered', () => {
    expect(renderMail(issued(), KEY)).toEqual(renderMail(issued(), KEY))
  })
})
