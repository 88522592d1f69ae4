import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createHttpServer, createLogger, type FastifyInstance } from '@keyflow/runtime'
import { createHashAddress } from '../adapters/address-hash.ts'
import { createUnsubscribeLinks } from '../adapters/unsubscribe-links.ts'
import { createWords } from '../adapters/words.ts'
import { escapeHtml } from '../mails/html-part.ts'
import { unsubscribeRoute } from './unsubscribe.route.ts'

const secret = new Uint8Array(32)
const hash = createHashAddress(secret)
const links = createUnsubscribeLinks({ secret, hash, publicUrl: 'https://licenses.example.com' })
const link = new URL(links.linkFor('ada@example.com') ?? '')

let unsubscribed: string[] = []
let server: FastifyInstance

beforeAll(async () => {
  server = await createHttpServer({ logger: createLogger({ service: 'test', level: 'silent' }) })
  unsubscribeRoute(server, {
    addressHashOf: links.addressHashOf,
    unsubscribe: async (addressHash) => {
      unsubscribed.push(addressHash)
    },
    product: 'Cats & <Dogs>',
    say: createWords()('en', 'UTC').say,
    escape: escapeHtml,
  })
})
afterAll(() => server.close())
beforeEach(() => {
  unsubscribed = []
})

describe('the link of a mail to unsubscribe', () => {
  it('shows a button and changes nothing when it is opened: scanners of mail open every link', async () => {
    const page = await server.inject(link.pathname)
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('<form method="post">')
    expect(page.body).toContain('Cats &amp; &lt;Dogs&gt;')
    expect(page.headers['referrer-policy']).toBe('no-referrer')
    expect(unsubscribed).toEqual([])
  })

  it.each([
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    ],
  ])('unsubscribes with the one click of a mail program (RFC 8058), sent as %s', async (type, payload) => {
    const headers = { 'content-type': type }
    const done = await server.inject({ method: 'POST', url: link.pathname, headers, payload })
    expect(done.statusCode).toBe(200)
    expect(unsubscribed).toEqual([hash('ada@example.com')])
  })

  it('unsubscribes nobody when a letter of it is wrong, and tells nobody whose it is', async () => {
    expect(link.pathname).not.toContain('ada')
    for (const path of [`${link.pathname}x`, '/u/x', `/u/${hash('bob@example.com')}.${'A'.repeat(22)}`])
      for (const method of ['GET', 'POST'] as const)
        expect((await server.inject({ method, url: path })).statusCode).toBe(404)
    expect(unsubscribed).toEqual([])
  })
})
