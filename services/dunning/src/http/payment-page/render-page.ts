import { createHash } from 'node:crypto'
import { PAGE_TEXTS, type PageLanguage, type PageText } from './texts.ts'

/** What there is to be shown. */
export type PageView =
  | { readonly kind: 'owed'; readonly amounts: readonly string[]; readonly canPay: boolean }
  | { readonly kind: 'settled' | 'expired' | 'forged' | 'unavailable' | 'limited' }

const STATUS: Readonly<Record<PageView['kind'], number>> = {
  owed: 200,
  settled: 200,
  expired: 410,
  forged: 404,
  unavailable: 503,
  limited: 429,
}

const STYLE = `:root{color-scheme:light dark;--ink:#171a21;--soft:#586074;--paper:#fff;--ground:#eef0f4;--line:#d5d9e2;--accent:#2f3fd0;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#eef0f5;--soft:#a4acbd;--paper:#1c2029;--ground:#12151b;--line:#343a48;--accent:#8d97ff;--on:#12151b}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,-apple-system,"Segoe UI","Hiragino Sans","Noto Sans JP",sans-serif}
main{width:100%;max-width:27rem;background:var(--paper);border:1px solid var(--line);border-radius:16px;padding:2rem 1.75rem}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}p{margin:0}
dl{margin:1.5rem 0 0;padding:1rem 1.125rem;border:1px solid var(--line);border-radius:12px;display:flex;justify-content:space-between;align-items:baseline;gap:1rem}
dt,small{color:var(--soft)}dd{margin:0;font-size:1.375rem;font-weight:650;text-align:end;font-variant-numeric:tabular-nums}dd span{display:block}
form{margin:1.5rem 0 0;display:grid;gap:.75rem}
button{font:inherit;font-weight:600;min-height:3rem;padding:.6rem 1rem;border-radius:10px;border:1.5px solid var(--accent);cursor:pointer;background:transparent;color:var(--accent)}
button.main{background:var(--accent);color:var(--on)}button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
small{display:block;margin-top:1.25rem;font-size:.875rem}`

/** The style is named by its hash, so that nothing else may style or run on the page. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * The address is a secret of the customer: it is not to be cached, indexed, framed, or told to the page that it leads to.
 * Without `form-action`: browsers apply it to the redirect that follows, and sellers may have domains of their own at Stripe.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'payment=(), camera=(), geolocation=()',
  vary: 'accept-language',
}

export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly html: string
}

/** One page, whole: no script, no image, nothing that is fetched. */
export const renderPage = (view: PageView, language: PageLanguage): Page => {
  const texts = PAGE_TEXTS[language]
  const { title, body }: PageText = texts[view.kind]
  const more = view.kind === 'owed' ? owedPart(view, language) : ''
  return {
    status: STATUS[view.kind],
    headers: {
      ...HEADERS,
      'content-language': language,
      ...(view.kind === 'unavailable' || view.kind === 'limited' ? { 'retry-after': '60' } : {}),
    },
    html:
      `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">` +
      `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>` +
      `<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(body)}</p>${more}</main></body></html>`,
  }
}

const owedPart = (
  { amounts, canPay }: Extract<PageView, { kind: 'owed' }>,
  language: PageLanguage,
): string => {
  const texts = PAGE_TEXTS[language]
  const sums = amounts.map((amount) => `<span>${escapeHtml(amount)}</span>`).join('')
  const due = amounts.length === 0 ? '' : `<dl><dt>${escapeHtml(texts.outstanding)}</dt><dd>${sums}</dd></dl>`
  const button = (action: string, text: string, main: boolean): string =>
    `<button name="action" value="${action}"${main ? ' class="main"' : ''}>${escapeHtml(text)}</button>`
  const buttons = canPay
    ? button('pay', texts.pay, true) + button('card', texts.card, false)
    : button('card', texts.card, true)
  return `${due}<form method="post">${buttons}</form><small>${escapeHtml(texts.safety)}</small>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)
