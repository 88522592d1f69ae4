import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Liquid, type Template } from 'liquidjs'
import { FIXTURE_KEY, FIXTURES } from '../domain/fixtures.ts'
import type { Letterhead } from '../domain/freeze-mail.ts'
import { LANGUAGES, languageOf } from '../domain/locale.ts'
import { headerText } from '../domain/mail-address.ts'
import type { MailView, RenderedMail } from '../domain/mail-view.ts'
import { MAIL_TEMPLATES, type MailTemplate } from '../domain/templates.ts'
import type { RenderMail } from '../mails/render-mail.ts'

const PARTS = ['subject', 'html', 'text'] as const
type Part = (typeof PARTS)[number]

/** Gmail clips what is longer than about 102 kB. */
export const LONGEST_HTML = 90_000

const FILE = /^([a-z_]+)(?:\.([a-z]{2}))?\.(subject|html|text)\.liquid$/

const nameOf = (template: string, language: string | null, part: Part): string =>
  `${template}${language === null ? '' : `.${language}`}.${part}.liquid`

/**
 * A renderer in which files of the operator's take the place of parts: `payment_failed.de.html.liquid`, or
 * `payment_failed.html.liquid` for every language. What they do not replace stays. An unknown variable or filter is an error;
 * every file is tried with every example of its mail here, and all that is wrong is told at once.
 */
export const openOperatorTemplates = (
  dir: string,
  render: RenderMail,
  letterhead: Letterhead,
): RenderMail => {
  if (dir === '') return render
  const problems: string[] = []
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    outputEscape: 'escape',
    // Nothing but the named files is ever read.
    relativeReference: false,
    root: [],
    partials: [],
    layouts: [],
  })
  const files = readTemplates(dir, liquid, problems)

  const own: RenderMail = (view, key) => {
    const rendered = render(view, key)
    const language = languageOf(view.context.locale)
    const part = (name: Part): string => {
      const { template } = view.content
      const parsed = files.get(nameOf(template, language, name)) ?? files.get(nameOf(template, null, name))
      return parsed === undefined
        ? rendered[name]
        : String(liquid.renderSync(parsed, scopeOf(view, key, rendered)))
    }
    return { subject: headerText(part('subject')), html: part('html'), text: part('text') }
  }
  for (const file of files.keys()) problems.push(...tried(file, own, letterhead))
  if (problems.length > 0) throw new Error(`MAIL_TEMPLATES_DIR: ${problems.join('; ')}`)
  return own
}

const readTemplates = (dir: string, liquid: Liquid, problems: string[]): ReadonlyMap<string, Template[]> => {
  const files = new Map<string, Template[]>()
  if (!existsSync(dir)) {
    problems.push('the folder does not exist')
    return files
  }
  for (const file of readdirSync(dir).sort()) {
    const [, template, language] = FILE.exec(file) ?? []
    if (template === undefined) {
      if (file.endsWith('.liquid'))
        problems.push(`${file} is not called <mail>[.<language>].<subject|html|text>.liquid`)
      continue
    }
    if (!MAIL_TEMPLATES.includes(template as MailTemplate)) problems.push(`${file}: there is no such mail`)
    else if (language !== undefined && languageOf(language) === null)
      problems.push(`${file}: languages are ${LANGUAGES.join(', ')}`)
    else
      try {
        files.set(file, liquid.parse(readFileSync(join(dir, file), 'utf8')))
      } catch (error) {
        problems.push(`${file}: ${firstLine(error)}`)
      }
  }
  return files
}

/** What a file may name: the facts of the mail, and what would have been sent. */
const scopeOf = ({ context, content }: MailView, key: string, rendered: RenderedMail): object => ({
  ...content,
  license_key: key,
  brand: context.brand,
  customer_name: context.customerName,
  locale: context.locale,
  is_test: context.isTest,
  unsubscribe_url: context.unsubscribeUrl,
  original: rendered,
})

const tried = (file: string, render: RenderMail, letterhead: Letterhead): readonly string[] => {
  const [, template = '', language = 'en', part = 'html'] = FILE.exec(file) ?? []
  return FIXTURES[template as MailTemplate].flatMap(({ name, content }) => {
    const context = {
      brand: letterhead.brand,
      customerName: 'Ada <Lovelace>',
      locale: language,
      timeZone: letterhead.timeZone,
      unsubscribeUrl: null,
      isTest: true,
    }
    try {
      const rendered = render({ context, content }, FIXTURE_KEY)
      const text = rendered[part as Part]
      if (text.trim() === '') return [`${file}: empty for the example "${name}"`]
      if (part === 'html' && Buffer.byteLength(text) > LONGEST_HTML)
        return [`${file}: longer than ${LONGEST_HTML} bytes for the example "${name}"`]
      if (content.template === 'license_issued' && part !== 'subject' && !text.includes(FIXTURE_KEY))
        return [`${file}: does not hold the license key`]
      return []
    } catch (error) {
      return [`${file}: ${firstLine(error)} (example "${name}")`]
    }
  })
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'unreadable'
