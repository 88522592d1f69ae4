import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { moneyText } from '@keyflow/contracts'
import { createHttpServer, createLogger, type FastifyInstance } from '@keyflow/runtime'
import { pageLanguage } from '../../adapters/page-language.ts'
import { type LinkExit, type LinkTarget, paymentLinksRoute } from './payment-links.route.ts'
import { PAGE_LANGUAGES, PAGE_TEXTS } from './texts.ts'

const OWED: LinkTarget = {
  kind: 'owed',
  caseId: 'platform:test:sub_1',
  invoice: 'in_1',
  owed: [
    { currency: 'eur', amount: 1900 },
    { currency: 'jpy', amount: 1200 },
  ],
}
const TARGETS: Readonly<Record<string, LinkTarget>> = {
  owed: OWED,
  noInvoice: { ...OWED, invoice: null },
  settled: { kind: 'settled' },
  expired: { kind: 'expired' },
}

const asked: string[] = []
const seen: string[] = []
let exit: LinkExit = { kind: 'go', url: 'https://invoice.stripe.com/i/1' }
let isAllowed = true
let server: FastifyInstance

beforeAll(async () => {
  server = await createHttpServer({ logger: createLogger({ service: 'test', level: 'silent' }) })
  await paymentLinksRoute(server, {
    find: async (token) => TARGETS[token] ?? { kind: 'forged' },
    open: async ({ invoice }, action, language) => {
      asked.push(`${action} ${invoice} ${language}`)
      return exit
    },
    allows: async () => isAllowed,
    languageFor: (accepts) => pageLanguage(accepts, PAGE_LANGUAGES),
    moneyText,
    onRequest: (action, outcome) => seen.push(`${action} ${outcome}`),
  })
})
afterAll(() => server.close())

const get = (token: string, language = 'en') =>
  server.inject({ url: `/b/${token}`, headers: { 'accept-language': language } })
const post = (token: string, body = 'action=pay') =>
  server.inject({
    method: 'POST',
    url: `/b/${token}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })

describe('a payment link', () => {
  it('that is only looked at shows what is owed, in each currency by itself, and changes nothing', async () => {
    asked.length = 0
    const page = await get('owed')
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('€19.00')
    expect(page.body).toContain('¥1,200')
    expect(asked).toEqual([])
  })

  it('makes a fresh page when it is acted upon, and leads there', async () => {
    asked.length = 0
    exit = { kind: 'go', url: 'https://invoice.stripe.com/i/fresh' }
    const paid = await post('owed')
    expect([paid.statusCode, paid.headers.location]).toEqual([303, 'https://invoice.stripe.com/i/fresh'])
    expect((await post('owed', 'action=card')).statusCode).toBe(303)
    expect((await post('owed', 'action=anything')).statusCode).toBe(303)
    expect(asked).toEqual(['pay in_1 en', 'card in_1 en', 'pay in_1 en'])
    expect(paid.headers['referrer-policy']).toBe('no-referrer')
  })

  it.each([
    ['settled', 200],
    ['expired', 410],
    ['made-up', 404],
  ])(
    'that is %s says so with status %d, looked at or acted upon, and asks Stripe nothing',
    async (token, status) => {
      asked.length = 0
      const text = PAGE_TEXTS.en[token === 'made-up' ? 'forged' : (token as 'settled' | 'expired')]
      for (const page of [await get(token), await post(token)]) {
        expect(page.statusCode).toBe(status)
        expect(page.body).toContain(text.title)
      }
      expect(asked).toEqual([])
    },
  )

  it('says that there is nothing to pay when Stripe knows of the payment first', async () => {
    exit = { kind: 'settled' }
    const page = await post('owed')
    expect([page.statusCode, page.body.includes(PAGE_TEXTS.en.settled.title)]).toEqual([200, true])
  })

  it('asks to come back while Stripe is away', async () => {
    exit = { kind: 'unavailable' }
    const page = await post('owed')
    expect([page.statusCode, page.headers['retry-after']]).toEqual([503, '60'])
    expect(page.body).toContain('Nothing was charged')
  })

  it('is refused to whoever asks too often', async () => {
    isAllowed = false
    expect((await get('owed')).statusCode).toBe(429)
    expect((await post('owed')).statusCode).toBe(429)
    isAllowed = true
  })

  it('offers to change the card where there is no invoice to pay', async () => {
    const page = await get('noInvoice')
    expect(page.body).not.toContain('value="pay"')
    expect(page.body).toContain('value="card"')
  })

  it.each([
    ['de-AT,de;q=0.9,en;q=0.5', 'de', 'Zahlung abschließen'],
    ['pt-BR, fr;q=0.4', 'fr', 'Finaliser votre paiement'],
    ['es', 'es', 'Completa tu pago'],
    ['ja', 'ja', 'お支払いの手続き'],
    ['pt', 'en', 'Complete your payment'],
    ['*', 'en', 'Complete your payment'],
    [';;;', 'en', 'Complete your payment'],
  ])('speaks the language of the browser: %s -> %s', async (accepts, language, title) => {
    const page = await get('owed', accepts)
    expect(page.headers['content-language']).toBe(language)
    expect(page.body).toContain(`<html lang="${language}">`)
    expect(page.body).toContain(title)
  })

  it('can neither run anything, nor be framed, cached, indexed, or told to the next page', async () => {
    const { headers, body } = await get('owed')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-robots-tag']).toContain('noindex')
    expect(body).not.toMatch(/<script|<img|<link|https?:/)
  })

  it('counts what is done with it', async () => {
    seen.length = 0
    exit = { kind: 'go', url: 'https://invoice.stripe.com/i/1' }
    await get('owed')
    await post('owed', 'action=card')
    await get('expired')
    expect(seen).toEqual(['show owed', 'card gone', 'show expired'])
  })
})
