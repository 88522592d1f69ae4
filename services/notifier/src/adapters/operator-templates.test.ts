import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { LETTERHEAD, viewOf } from '../../test/samples.ts'
import { FIXTURE_KEY, FIXTURES } from '../domain/fixtures.ts'
import { createRenderMail } from '../mails/render-mail.ts'
import { openOperatorTemplates } from './operator-templates.ts'
import { createWords } from './words.ts'

const builtIn = createRenderMail(createWords())
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mails-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return openOperatorTemplates(folder, builtIn, LETTERHEAD)
}
const content = FIXTURES.license_issued[0]?.content ?? FIXTURES.license_changed[0]?.content
const issued = (locale = 'en', customerName = 'Ada') => {
  if (content === undefined) throw new Error('no example')
  return viewOf(content, { locale, customerName })
}

describe('templates of the operator', () => {
  it('replace the part that they are for, in their language or in all', () => {
    const render = write({
      'license_issued.subject.liquid': 'Welcome to {{ brand.product }}',
      'license_issued.de.subject.liquid': 'Willkommen bei {{ brand.product }}',
    })
    expect(render(issued(), FIXTURE_KEY).subject).toBe('Welcome to Traffic Router')
    expect(render(issued('de-AT'), FIXTURE_KEY).subject).toBe('Willkommen bei Traffic Router')
    expect(render(issued(), FIXTURE_KEY).html).toBe(builtIn(issued(), FIXTURE_KEY).html)
  })

  it('escape what customers typed, and can build upon what would have been sent', () => {
    const render = write({
      'license_issued.html.liquid': '<p>{{ customer_name }}: {{ license_key }}</p>{{ original.html | raw }}',
    })
    const { html } = render(issued('en', '<b>Eve</b>'), FIXTURE_KEY)
    expect(html).toContain('<p>&lt;b&gt;Eve&lt;/b&gt;: KF-')
    expect(html).toContain('<!doctype html>')
  })

  it.each([
    [
      'a variable that does not exist',
      { 'license_issued.text.liquid': '{{ license_key }} {{ nope }}' },
      'nope',
    ],
    ['a filter that does not exist', { 'license_issued.subject.liquid': '{{ locale | shout }}' }, 'shout'],
    ['a tag that is not closed', { 'license_issued.subject.liquid': '{% if locale %}' }, 'not closed'],
    ['a mail that does not exist', { 'license_isued.subject.liquid': 'x' }, 'no such mail'],
    ['a language that no mail is in', { 'license_issued.nl.subject.liquid': 'x' }, 'languages are'],
    ['a name that is none', { 'License.liquid': 'x' }, 'is not called'],
    [
      'a mail with the key that lacks it',
      { 'license_issued.text.liquid': 'Hello' },
      'does not hold the license key',
    ],
    ['a page that inboxes would clip', { 'payment_failed.html.liquid': 'x'.repeat(90_001) }, 'longer than'],
    [
      'files from elsewhere',
      { 'license_issued.subject.liquid': "{% include '/etc/passwd' %}" },
      'license_issued',
    ],
  ])('are refused at boot for %s', (_what, files, reason) => {
    expect(() => write(files)).toThrow(reason)
  })

  it('are all told of at once', () => {
    expect(() => write({ 'a.liquid': '', 'b.liquid': '' })).toThrow(/a\.liquid.*b\.liquid/)
    expect(() => openOperatorTemplates('/nowhere/at/all', builtIn, LETTERHEAD)).toThrow('does not exist')
  })
})
