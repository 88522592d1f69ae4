import type { Fact } from './wording.ts'

/** Text that becomes HTML safely, in element content and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

const SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace"

/** Blocks of a mail's body; plain text goes in, everything is escaped here and nowhere else. */
export const paragraph = (text: string): string =>
  `<p style="margin:0 0 16px;font:16px/1.5 ${SANS}">${escapeHtml(text)}</p>`

/** Stands out, and can be selected as one word. */
export const keyBox = (label: string, key: string): string =>
  `<p style="margin:0 0 6px;font:600 13px/1.4 ${SANS};color:#5b6472" class="dim">${escapeHtml(label)}</p>` +
  `<div style="margin:0 0 20px;padding:16px;border-radius:8px;background-color:#eef2ff;border:1px solid #c7d2fe;text-align:center" class="box">` +
  `<code style="font:600 17px/1.5 ${MONO};word-break:break-all;color:#1e1b4b" class="ink">${escapeHtml(key)}</code></div>`

export const codeBlock = (code: string): string =>
  `<pre style="margin:0 0 20px;padding:14px 16px;border-radius:8px;background-color:#f4f5f7;font:13px/1.5 ${MONO};white-space:pre-wrap;word-break:break-all;color:#1f2430" class="box ink">${escapeHtml(code)}</pre>`

export const factTable = (facts: readonly Fact[]): string =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 20px;border-collapse:collapse">${facts
    .map(
      ({ label, value }) =>
        `<tr><td style="padding:8px 12px 8px 0;border-bottom:1px solid #e5e7eb;font:14px/1.4 ${SANS};color:#5b6472;white-space:nowrap;vertical-align:top" class="dim line">${escapeHtml(label)}</td>` +
        `<td style="padding:8px 0;border-bottom:1px solid #e5e7eb;font:600 14px/1.4 ${SANS};word-break:break-word;text-align:right" class="line">${escapeHtml(value)}</td></tr>`,
    )
    .join('')}</table>`

const DARK =
  '@media (prefers-color-scheme:dark){.page{background-color:#111318!important}.card{background-color:#1b1e26!important;color:#e7e9ee!important}' +
  '.dim{color:#a3abba!important}.box{background-color:#262b38!important;border-color:#3b4256!important}.ink{color:#e7e9ee!important}.line{border-color:#31364a!important}}'

export interface Page {
  /** Shown by inboxes beside the subject. */
  readonly preheader: string
  readonly heading: string
  readonly product: string
  readonly blocks: readonly string[]
  readonly footer: readonly string[]
}

/** One column of at most 560 px, inline styles, no images, readable in light and dark. */
export const htmlPage = (page: Page): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
  `<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">` +
  `<title>${escapeHtml(page.heading)}</title><style>:root{color-scheme:light dark}${DARK}</style></head>` +
  `<body style="margin:0;padding:0;background-color:#f4f5f7" class="page">` +
  `<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(page.preheader)}</div>` +
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background-color:#f4f5f7" class="page"><tr><td align="center" style="padding:32px 12px">` +
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background-color:#ffffff;color:#1f2430;border-radius:12px" class="card"><tr><td style="padding:32px 28px">` +
  `<p style="margin:0 0 4px;font:600 13px/1.4 ${SANS};letter-spacing:.04em;text-transform:uppercase;color:#5b6472" class="dim">${escapeHtml(page.product)}</p>` +
  `<h1 style="margin:0 0 20px;font:700 24px/1.3 ${SANS}">${escapeHtml(page.heading)}</h1>` +
  page.blocks.join('') +
  `<p style="margin:24px 0 0;font:13px/1.5 ${SANS};color:#5b6472" class="dim">${page.footer.map(escapeHtml).join('<br>')}</p>` +
  `</td></tr></table></td></tr></table></body></html>`
