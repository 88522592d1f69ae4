import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHttpServer, createLogger, type FastifyInstance } from '@keyflow/runtime'
import { LETTERHEAD } from '../../test/samples.ts'
import { LONGEST_HTML } from '../adapters/operator-templates.ts'
import { createWords } from '../adapters/words.ts'
import { FIXTURES } from '../domain/fixtures.ts'
import { LANGUAGES } from '../domain/locale.ts'
import { MAIL_TEMPLATES } from '../domain/templates.ts'
import { createRenderMail } from '../mails/render-mail.ts'
import { previewRoute, renderExample } from './preview.route.ts'

const options = { render: createRenderMail(createWords()), letterhead: LETTERHEAD }
let server: FastifyInstance

beforeAll(async () => {
  server = await createHttpServer({ logger: createLogger({ service: 'test', level: 'silent' }) })
  previewRoute(server, options)
})
afterAll(() => server.close())

describe('the preview of mails', () => {
  it('leads to every mail, with every example, in every language, by the renderer that sends them', async () => {
    const index = await server.inject('/mails')
    const links = [...index.body.matchAll(/href="(\/mails\/[^"]+)"/g)].map(([, path]) => path ?? '')
    const examples = MAIL_TEMPLATES.flatMap((template) =>
      FIXTURES[template].flatMap(({ name }) => LANGUAGES.map((language) => ({ template, name, language }))),
    )
    expect(links).toEqual(
      examples.map(({ template, name, language }) => `/mails/${template}/${name}/${language}`),
    )
    expect(links.length).toBeGreaterThanOrEqual(23 * 5)
    for (const { template, name, language } of examples) {
      const page = await server.inject(`/mails/${template}/${name}/${language}`)
      const html = await server.inject(`/mails/${template}/${name}/${language}/html`)
      const mail = renderExample(options, template, name, language)
      expect([page.statusCode, html.statusCode]).toEqual([200, 200])
      expect(html.body).toBe(mail?.html)
      expect(page.body).toContain(`/mails/${template}/${name}/${language}/html`)
      expect(Buffer.byteLength(html.body)).toBeLessThan(LONGEST_HTML)
    }
  })

  it('has nothing to show for what does not exist', async () => {
    for (const path of [
      '/mails/nothing/none/en',
      '/mails/license_issued/none/en',
      '/mails/__proto__/x/en/html',
    ])
      expect((await server.inject(path)).statusCode).toBe(404)
  })
})
