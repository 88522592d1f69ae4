import { moneyText } from '@keyflow/contracts'
import { failureCode, type Logger } from '@keyflow/runtime'
import type { CaseRow } from './adapters/case-store.ts'
import { createLinkLimits } from './adapters/link-limits.ts'
import type { LinkTokens } from './adapters/link-tokens.ts'
import { pageLanguage } from './adapters/page-language.ts'
import type { StripePages } from './adapters/stripe-pages.ts'
import type { DunningMetrics } from './dunning-metrics.ts'
import type { LinkTarget, PaymentLinksOptions } from './http/payment-page/payment-links.route.ts'
import { PAGE_LANGUAGES } from './http/payment-page/texts.ts'

export interface PaymentLinksDeps {
  readonly tokens: LinkTokens
  /** Where customers reach the pages, without a slash at the end. */
  readonly publicUrl: string
  readonly findCase: (id: string) => Promise<CaseRow | null>
  readonly pages: StripePages
  readonly clock: () => Date
  readonly metrics: Pick<DunningMetrics, 'linkUsed'>
  readonly logger: Logger
}

const LIMITS = { perNetwork: 120, perLink: 20 }
const LINK_DAYS = 45

/** The address that a mail leads to. It tells nobody's name, and is good for 45 days on everybody's clock. */
export const paymentUrlOf =
  ({ tokens, publicUrl, clock }: Pick<PaymentLinksDeps, 'tokens' | 'publicUrl' | 'clock'>) =>
  (caseId: string): string => {
    // Whole days, so that what is said twice in a day is said in the same words.
    const today = Math.floor(clock().getTime() / 86_400_000)
    return `${publicUrl}/b/${tokens.sign(caseId, (today + LINK_DAYS) * 86_400)}`
  }

/** What the pages of payment links are made of. */
export const paymentLinks = (deps: PaymentLinksDeps): PaymentLinksOptions => ({
  find: async (token) => {
    const read = deps.tokens.read(token, Math.floor(deps.clock().getTime() / 1000))
    if (read.state === 'forged') return { kind: 'forged' }
    const row = await deps.findCase(read.caseId)
    if (row === null) return { kind: 'forged' }
    const target = targetOf(row)
    // What is settled is settled, however old the link.
    return target.kind === 'owed' && read.state === 'expired' ? { kind: 'expired' } : target
  },
  open: async (target, action, language) => {
    const row = await deps.findCase(target.caseId)
    if (row === null) return { kind: 'unavailable' }
    const { scope } = row.record.facts
    const customer = row.record.state?.customer ?? null
    try {
      if (action === 'pay' && target.invoice !== null) {
        const url = await deps.pages.invoice(scope, target.invoice)
        return url === null ? { kind: 'settled' } : { kind: 'go', url }
      }
      if (customer === null) return { kind: 'unavailable' }
      const back = paymentUrlOf(deps)(target.caseId)
      return { kind: 'go', url: await deps.pages.portal(scope, customer, language, back) }
    } catch (error) {
      deps.logger.warn({ code: failureCode(error), action, case: target.caseId }, 'payment_link.failed')
      return { kind: 'unavailable' }
    }
  },
  allows: createLinkLimits(LIMITS),
  languageFor: (accepts) => pageLanguage(accepts, PAGE_LANGUAGES),
  moneyText,
  onRequest: deps.metrics.linkUsed,
})

const targetOf = ({ _id, record: { state } }: CaseRow): LinkTarget => {
  if (state === null || state.debts.length === 0) return { kind: 'settled' }
  return {
    kind: 'owed',
    caseId: _id,
    invoice: state.debts[0]?.invoice ?? null,
    owed: Object.entries(state.outstanding).map(([currency, amount]) => ({ currency, amount })),
  }
}
