import { describe, expect, it } from '@jest/globals'
import type { NoticeTemplate } from '@keyflow/contracts'
import { BRAND, viewOf } from '../../test/samples.ts'
import { createWords } from '../adapters/words.ts'
import { FIXTURE_KEY, FIXTURES } from '../domain/fixtures.ts'
import { LANGUAGES } from '../domain/locale.ts'
import type { ContentOf, MailContent, MailContext } from '../domain/mail-view.ts'
import type { MailTemplate } from '../domain/templates.ts'
import { createRenderMail } from './render-mail.ts'

const renderMail = createRenderMail(createWords())
const render = (content: MailContent, of: Partial<MailContext> = {}) =>
  renderMail(viewOf(content, of), FIXTURE_KEY)

const example = <T extends MailTemplate>(template: T, name?: string): ContentOf<T> => {
  const found = FIXTURES[template].find((one) => name === undefined || one.name === name)
  if (found === undefined) throw new Error(`no example ${template}/${name}`)
  return found.content as ContentOf<T>
}

const reminder = (name: string): ContentOf<NoticeTemplate> => {
  const content = FIXTURES.payment_reminder.find((one) => one.name === name)?.content
  return content as ContentOf<NoticeTemplate>
}

/** Without line breaks and no-break spaces. */
const flat = (text: string): string => text.replace(/\s+/g, ' ')

const EVERY = Object.entries(FIXTURES).flatMap(([template, examples]) =>
  examples.flatMap(({ name, content }) =>
    LANGUAGES.map((locale) => ({ what: `${template}/${name} in ${locale}`, content, locale, template })),
  ),
)

describe('every mail in every language', () => {
  it.each(EVERY)('is whole: $what', ({ content, locale }) => {
    const { subject, text, html } = render(content, { locale })
    for (const part of [subject, text, html]) {
      expect(part).not.toMatch(/\{\{|\}\}|undefined|null|NaN|Invalid Date|\{\w+\}/)
      expect(part.trim()).not.toBe('')
    }
    expect([...subject].length).toBeLessThanOrEqual(60)
    expect(subject).not.toMatch(/[\r\n]/)
    expect(Buffer.byteLength(html)).toBeLessThan(90_000)
    expect(html).toContain(`lang="${locale}"`)
  })

  it.each(EVERY)(
    'names only addresses that were meant, in both parts the same: $what',
    ({ content, locale }) => {
      const { text, html } = render(content, { locale })
      const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, url]) => url)
      for (const link of links) {
        expect(link).toMatch(/^https:\/\/(licenses|portal)\.example\.com\//)
        expect(text).toContain(link)
      }
    },
  )

  it('holds the key only where it is told', () => {
    const told = EVERY.filter(({ content, locale }) => {
      const { subject, text, html } = render(content, { locale })
      return `${subject}${text}${html}`.includes(FIXTURE_KEY)
    })
    expect([...new Set(told.map(({ template }) => template))].sort()).toEqual([
      'key_rotated',
      'license_issued',
      'license_resent',
    ])
  })
})

describe('the mail with the key', () => {
  it('has key, plan, limit and the call that validates it, in both parts', () => {
    const mail = render(example('license_issued'))
    for (const part of [mail.text, mail.html])
      for (const needed of [
        FIXTURE_KEY,
        'Pro',
        '10 domains',
        'https://licenses.example.com/api/v1/licenses/validate',
      ])
        expect(part).toContain(needed)
    expect(mail.subject).toBe('Your Traffic Router license key')
  })

  it('says how the license stands only when it does not simply work', () => {
    expect(render(example('license_issued')).text).not.toContain('About this license')
    expect(flat(render(example('license_issued', 'paused')).text)).toContain(
      'because the subscription is paused',
    )
  })
})

describe('the mail about a change', () => {
  it.each([
    ['upgrade', 'Your Traffic Router plan is now Business'],
    ['limit', 'Your Traffic Router limit is now 1 domain'],
    ['suspended', 'Your Traffic Router license is suspended'],
    ['not_renewed', 'Your Traffic Router license has ended'],
    ['canceled', 'Traffic Router was canceled'],
    ['revoked', 'Your Traffic Router license was revoked'],
    ['active_again', 'Your Traffic Router license is active again'],
    ['ends', 'Your Traffic Router license ends on Nov 24, 2027'],
    ['goes_on', 'Your Traffic Router license will go on'],
  ])('names what happened in its subject: %s', (name, subject) => {
    expect(render(example('license_changed', name)).subject).toBe(subject)
  })

  it('shows what was beside what is', () => {
    const { text } = render(example('license_changed', 'upgrade'))
    expect(text).toContain('Business (was Pro)')
    expect(text).toContain('25 domains (was 10 domains)')
  })

  it('names the plan when it is not sure what the customer knew', () => {
    const content = { ...example('license_changed', 'upgrade'), before: null }
    expect(render(content).subject).toBe('Your Traffic Router plan is now Business')
  })

  it('keeps causes that a customer need not read to itself', () => {
    const content = { ...example('license_changed', 'suspended'), reason: 'fraudulent_dispute' }
    const { text, html } = render(content)
    expect(`${text}${html}`).not.toMatch(/fraud|dispute/)
  })
})

describe('a notice of dunning', () => {
  it('prints amount, consequence and date as its language writes them', () => {
    const { text } = render(reminder('one'), {
      locale: 'de-AT',
      timeZone: 'Europe/Vienna',
    })
    expect(flat(text)).toContain('€ 49,00')
    expect(flat(text)).toContain('wechselt Ihre Lizenz am 1. Dezember 2026 (MEZ) zu Free')
  })

  it('lists debts of two currencies and never sums them', () => {
    const { text } = render(reminder('several'))
    expect(flat(text)).toContain('€49.00 and $129.00')
    expect(text).not.toContain('178')
  })

  it('shows no button without a link', () => {
    const { html, text } = render({ ...reminder('one'), paymentUrl: null })
    expect(html).not.toContain('class="action"')
    expect(text).not.toContain('http')
  })
})

describe('what customers and sellers typed', () => {
  const evil = `<script>alert('x')</script>"&`

  it('is shown as text, never as markup', () => {
    const content = example('license_issued')
    const { html } = render({ ...content, now: { ...content.now, tier: evil } }, { customerName: evil })
    expect(html).not.toContain('<script>')
    expect(html).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;')
  })

  it('is no message: braces and quotes of ICU stand for themselves', () => {
    const { text } = render(example('license_issued'), { customerName: "{product} '{x}' #" })
    expect(text).toContain("Hello {product} '{x}' #,")
  })

  it('leads to no link but those of the web', () => {
    const { html } = render({ ...reminder('one'), paymentUrl: 'javascript:alert(1)' })
    expect(html).not.toContain('javascript:')
  })

  it('makes no second line of a subject', () => {
    const brand = { ...BRAND, product: `Router\r\nBcc: all@example.com ${'x'.repeat(300)}` }
    const { subject } = render(example('license_issued'), { brand })
    expect(subject).not.toMatch(/[\r\n]/)
    expect(subject.length).toBeLessThanOrEqual(120)
  })
})

describe('the page', () => {
  it('works in dark inboxes, and needs nothing from the network but a logo that was configured', () => {
    const { html } = render(example('license_issued'))
    expect(html).toContain('<meta name="color-scheme" content="light dark">')
    expect(html).not.toMatch(/<img|<link|url\(|src=|@import/)
    const brand = { ...BRAND, logoUrl: 'https://cdn.example.com/logo.png' }
    expect(render(example('license_issued'), { brand }).html).toContain(
      'src="https://cdn.example.com/logo.png"',
    )
  })

  it('wears the colors of the brand', () => {
    const brand = { ...BRAND, accent: '#0f766e' }
    expect(render(reminder('one'), { brand }).html).toContain('#0f766e')
  })

  it('says in test mode that nothing is real', () => {
    expect(render(example('license_issued'), { isTest: true }).text).toContain('Test mode')
  })

  it('comes out the same whenever it is rendered', () => {
    expect(render(example('license_issued'))).toEqual(render(example('license_issued')))
  })
})
