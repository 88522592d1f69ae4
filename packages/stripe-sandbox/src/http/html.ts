const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that is safe between tags and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1a1f36}
main{max-width:26rem;margin:8vh auto;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 1px 4px #0002}
h1{font-size:1.25rem;margin:0 0 .25rem}.amount{font-size:2rem;font-weight:600;margin:.5rem 0}
small,dt{color:#5a6270}dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dd{margin:0}
label{display:block;margin:1rem 0 .25rem}select,button{font:inherit;width:100%;padding:.6rem;border-radius:8px;border:1px solid #8a93a5}
button{margin-top:1rem;background:#3d3ad6;color:#fff;border-color:#3d3ad6;cursor:pointer}.notice{padding:.6rem .8rem;border-radius:8px;background:#eef0ff}
@media(prefers-color-scheme:dark){body{background:#14161d;color:#eceef3}main{background:#1e212b}small,dt{color:#a7afbe}.notice{background:#2a2e4a}}`

/** A page of the stand-in; `body` is HTML. */
export const htmlPage = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`

/** A choice of test cards, named `card`. */
export const cardChoice = (): string =>
  `<label for="card">Card</label><select id="card" name="card">
<option value="pm_card_visa">Visa that works (4242)</option>
<option value="pm_card_chargeCustomerFail">Visa that attaches and fails (0341)</option>
<option value="pm_card_chargeDeclined">Visa that is declined (0002)</option></select>`
