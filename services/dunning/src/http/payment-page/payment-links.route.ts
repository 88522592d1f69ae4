import type { FastifyInstance } from '@keyflow/runtime'
import { type PageView, renderPage } from './render-page.ts'
import type { PageLanguage } from './texts.ts'

/** What a link leads to at this moment. */
export type LinkTarget =
  | { readonly kind: 'expired' | 'forged' | 'settled' }
  | {
      readonly kind: 'owed'
      readonly caseId: string
      readonly invoice: string | null
      readonly owed: readonly Money[]
    }

export interface Money {
  readonly currency: string
  /** Minor units. */
  readonly amount: number
}

export const LINK_ACTIONS = ['pay', 'card'] as const
export type LinkAction = (typeof LINK_ACTIONS)[number]

/** Where the customer is sent: a fresh page of Stripe's; or there is nothing left to do; or Stripe is away. */
export type LinkExit =
  | { readonly kind: 'go'; readonly url: string }
  | { readonly kind: 'settled' | 'unavailable' }

export interface PaymentLinksOptions {
  readonly find: (token: string) => Promise<LinkTarget>
  readonly open: (
    target: Extract<LinkTarget, { kind: 'owed' }>,
    action: LinkAction,
    language: PageLanguage,
  ) => Promise<LinkExit>
  /** False when this address, or this link, has asked too often. */
  readonly allows: (address: string, token: string) => Promise<boolean>
  readonly languageFor: (accepts: string | undefined) => PageLanguage
  readonly moneyText: (language: string, money: Money) => string
  readonly onRequest: (action: 'show' | LinkAction, outcome: PageView['kind'] | 'gone') => void
}

type Link = { Params: { token: string } }

/**
 * `GET /b/:token` shows what is owed and changes nothing: scanners of mail open every link. `POST` acts: it makes a fresh page
 * of Stripe's and leads there. The link itself is all the proof that it takes.
 */
export const paymentLinksRoute = async (
  server: FastifyInstance,
  options: PaymentLinksOptions,
): Promise<void> => {
  await server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 1024 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    )
    scope.route<Link>({
      method: 'GET',
      url: '/b/:token',
      handler: async (request, reply) => {
        const { token } = request.params
        const language = options.languageFor(request.headers['accept-language'])
        const view = (await options.allows(request.ip, token))
          ? viewOf(await options.find(token), language, options)
          : LIMITED
        options.onRequest('show', view.kind)
        const page = renderPage(view, language)
        return reply.code(page.status).headers(page.headers).send(page.html)
      },
    })
    scope.route<Link & { Body: URLSearchParams | undefined }>({
      method: 'POST',
      url: '/b/:token',
      handler: async (request, reply) => {
        const { token } = request.params
        const language = options.languageFor(request.headers['accept-language'])
        const action: LinkAction = request.body?.get('action') === 'card' ? 'card' : 'pay'
        const exit = await leave(token, request.ip, action, language, options)
        options.onRequest(action, exit.kind === 'go' ? 'gone' : exit.kind)
        if (exit.kind === 'go')
          return reply
            .code(303)
            .headers({ location: exit.url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
            .send()
        const page = renderPage(exit, language)
        return reply.code(page.status).headers(page.headers).send(page.html)
      },
    })
  })
}

const LIMITED = { kind: 'limited' } as const

const leave = async (
  token: string,
  address: string,
  action: LinkAction,
  language: PageLanguage,
  options: PaymentLinksOptions,
): Promise<LinkExit | Exclude<PageView, { kind: 'owed' }>> => {
  if (!(await options.allows(address, token))) return LIMITED
  const target = await options.find(token)
  return target.kind === 'owed' ? options.open(target, action, language) : target
}

const viewOf = (target: LinkTarget, language: PageLanguage, { moneyText }: PaymentLinksOptions): PageView =>
  target.kind === 'owed'
    ? {
        kind: 'owed',
        amounts: target.owed.map((money) => moneyText(language, money)),
        canPay: target.invoice !== null,
      }
    : target
