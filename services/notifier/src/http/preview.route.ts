import type { FastifyInstance } from 'fastify'
import { FIXTURE_KEY, FIXTURES } from '../domain/fixtures.ts'
import type { Letterhead } from '../domain/freeze-mail.ts'
import { LANGUAGES, languageOf } from '../domain/locale.ts'
import type { RenderedMail } from '../domain/mail-view.ts'
import { MAIL_TEMPLATES, type MailTemplate, TEMPLATES } from '../domain/templates.ts'
import { escapeHtml } from '../mails/html-part.ts'
import type { RenderMail } from '../mails/render-mail.ts'

export interface PreviewOptions {
  readonly render: RenderMail
  readonly letterhead: Pick<Letterhead, 'brand' | 'timeZone'>
}

/** One example of a mail as it would be sent; null for an example that does not exist. */
export const renderExample = (
  { render, letterhead }: PreviewOptions,
  template: string,
  fixture: string | undefined,
  locale: string,
): RenderedMail | null => {
  const examples = Object.hasOwn(FIXTURES, template) ? FIXTURES[template as MailTemplate] : []
  const example = fixture === undefined ? examples[0] : examples.find(({ name }) => name === fixture)
  if (example === undefined || languageOf(locale) === null) return null
  const isOptional = TEMPLATES[template as MailTemplate].category === 'optional'
  const context = {
    brand: letterhead.brand,
    customerName: 'Ada Lovelace',
    locale,
    timeZone: letterhead.timeZone,
    unsubscribeUrl: isOptional ? 'https://licenses.example.com/u/example' : null,
    isTest: false,
  }
  return render({ context, content: example.content }, FIXTURE_KEY)
}

const STYLE =
  ':root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:70rem}td,th{padding:.25rem .8rem .25rem 0;text-align:left;vertical-align:top}iframe{border:1px solid #8884;width:100%;height:60rem}pre{white-space:pre-wrap;border:1px solid #8884;padding:1rem}'

const page = (title: string, content: string): string =>
  `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${content}</body></html>`

const index = (): string => {
  const rows = MAIL_TEMPLATES.flatMap((template) =>
    FIXTURES[template].map(({ name }) => {
      const links = LANGUAGES.map(
        (language) => `<a href="/mails/${template}/${name}/${language}">${language}</a>`,
      )
      return `<tr><td>${template}</td><td>${name}</td><td>${links.join(' &middot; ')}</td></tr>`
    }),
  )
  return page(
    'Mails',
    `<h1>Mails</h1><table><tr><th>Mail</th><th>Example</th><th>Language</th></tr>${rows.join('')}</table>`,
  )
}

/** `/mails`: every mail in every language, by the renderer that sends them. No customer's data is in them. */
export const previewRoute = (server: FastifyInstance, options: PreviewOptions): void => {
  interface Params {
    readonly template: string
    readonly fixture: string
    readonly locale: string
  }
  const html = 'text/html; charset=utf-8'
  server.get('/mails', async (_request, reply) => reply.type(html).send(index()))
  server.get<{ Params: Params }>('/mails/:template/:fixture/:locale', async ({ params }, reply) => {
    const mail = renderExample(options, params.template, params.fixture, params.locale)
    if (mail === null) return reply.status(404).type('text/plain').send('There is no such example.')
    const name = `${params.template} / ${params.fixture} / ${params.locale}`
    const source = `/mails/${params.template}/${params.fixture}/${params.locale}/html`
    const size = `${Buffer.byteLength(mail.html)} bytes`
    return reply
      .type(html)
      .send(
        page(
          name,
          `<p><a href="/mails">All mails</a> &middot; ${escapeHtml(name)} &middot; ${size}</p><h2>${escapeHtml(mail.subject)}</h2><iframe src="${escapeHtml(source)}"></iframe><pre>${escapeHtml(mail.text)}</pre>`,
        ),
      )
  })
  server.get<{ Params: Params }>('/mails/:template/:fixture/:locale/html', async ({ params }, reply) => {
    const mail = renderExample(options, params.template, params.fixture, params.locale)
    return mail === null
      ? reply.status(404).type('text/plain').send('There is no such example.')
      : reply.type(html).send(mail.html)
  })
}
