import type { Brand } from '../domain/mail-view.ts'
import { LAYOUT } from '../generated/layout.ts'
import type { Block, MailBody } from './blocks.ts'

/** Text that becomes HTML safely, in element content and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

type Slots = Readonly<Record<string, string>>
/** A compiled piece, cut at its slots: filling it is joining strings. */
type Piece = (slots: Slots) => string

const SLOT = /\{\{(\w+)\}\}/

const piece = (html: string): Piece => {
  const parts = html.split(SLOT)
  return (slots) => {
    let out = parts[0] ?? ''
    for (let at = 1; at < parts.length; at += 2) {
      const value = slots[parts[at] ?? '']
      if (value === undefined) throw new Error(`the layout's slot ${parts[at]} is not filled`)
      out += escapeHtml(value) + (parts[at + 1] ?? '')
    }
    return out
  }
}

const FRAME = LAYOUT.frame.map(piece)
const BLOCKS = Object.fromEntries(
  Object.entries(LAYOUT.blocks).map(([name, html]) => [name, piece(html)]),
) as Readonly<Record<keyof typeof LAYOUT.blocks, Piece>>

/** Only the web and mail: a link of any other kind (`javascript:`) becomes none. */
const safeUrl = (url: string): string => (/^(https?|mailto):/i.test(url) ? url : '#')

const blockHtml = (block: Block, colors: Slots): string => {
  switch (block.kind) {
    case 'paragraph':
    case 'code':
      return BLOCKS[block.kind](block as unknown as Slots)
    case 'note':
      return BLOCKS.note({ ...colors, text: block.text })
    case 'key':
      return BLOCKS.key({ label: block.label, key: block.key })
    case 'button':
      return BLOCKS.button({ ...colors, label: block.label, url: safeUrl(block.url) })
    case 'facts':
      return (
        BLOCKS.factsOpen({}) +
        block.facts.map(({ label, value }) => BLOCKS.fact({ label, value })).join('') +
        BLOCKS.factsClose({})
      )
    default:
      return block satisfies never
  }
}

export interface Surroundings {
  readonly locale: string
  readonly brand: Brand
  readonly greeting: string
  readonly signature: string
  readonly footer: readonly string[]
  readonly unsubscribe: { readonly label: string; readonly url: string } | null
}

/** The whole page: inline styles, one column, readable in light and dark, no image but the logo. */
export const htmlPart = (body: MailBody, around: Surroundings): string => {
  const { brand, unsubscribe } = around
  const colors = { accent: brand.accent, accentInk: brand.accentInk }
  const [head = nothing, card = nothing, foot = nothing, end = nothing] = FRAME
  return [
    head({ lang: around.locale, subject: body.subject, preheader: body.preheader }),
    brand.logoUrl === null
      ? BLOCKS.name({ product: brand.product })
      : BLOCKS.logo({ product: brand.product, logo: safeUrl(brand.logoUrl) }),
    card({}),
    BLOCKS.heading({ text: body.heading }),
    BLOCKS.paragraph({ text: around.greeting }),
    ...body.blocks.map((block) => blockHtml(block, colors)),
    BLOCKS.signature({ text: around.signature }),
    foot({}),
    ...around.footer.map((text) => BLOCKS.footer({ text })),
    unsubscribe === null
      ? ''
      : BLOCKS.unsubscribe({ label: unsubscribe.label, url: safeUrl(unsubscribe.url) }),
    end({}),
  ].join('')
}

const nothing: Piece = () => ''
