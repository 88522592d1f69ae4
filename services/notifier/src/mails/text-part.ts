import type { Block, Fact, MailBody } from './blocks.ts'
import type { Surroundings } from './html-part.ts'

const WIDTH = 74

/** Columns that a text takes in a fixed-width font: characters of East Asian scripts take two. */
const columns = (text: string): number =>
  [...text].reduce(
    (sum, character) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/.test(character)
        ? 2
        : 1),
    0,
  )

/** Breaks between words; a text without spaces (or a link) stays whole and the reader's program wraps it. */
const wrap = (text: string): string => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && columns(line) + 1 + columns(word) > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}

const table = (rows: readonly Fact[]): string => {
  const widest = Math.max(...rows.map(({ label }) => columns(label)))
  return rows.map(({ label, value }) => `${label}:${' '.repeat(widest - columns(label))} ${value}`).join('\n')
}

const blockText = (block: Block): string => {
  switch (block.kind) {
    case 'paragraph':
      return wrap(block.text)
    case 'note':
      return wrap(`* ${block.text}`)
    case 'key':
      return `${block.label}:\n\n    ${block.key}`
    case 'code':
      return block.text
    case 'button':
      return `${block.label}:\n${block.url}`
    case 'facts':
      return table(block.facts)
    default:
      return block satisfies never
  }
}

/** The part for programs and people that read text: laid out for it, not stripped from the HTML. */
export const textPart = (body: MailBody, around: Surroundings): string =>
  [
    around.greeting,
    ...body.blocks.map(blockText),
    [
      '-- ',
      around.signature,
      ...around.footer.map(wrap),
      ...(around.unsubscribe === null ? [] : [`${around.unsubscribe.label}: ${around.unsubscribe.url}`]),
    ].join('\n'),
    '',
  ].join('\n\n')
