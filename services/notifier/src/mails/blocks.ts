/** One row of a facts table. */
export interface Fact {
  readonly label: string
  readonly value: string
}

/** A mail's body: plain text in, each part lays it out in its own way. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Stands out. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'key'; readonly label: string; readonly key: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'button'; readonly label: string; readonly url: string }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }

export interface MailBody {
  readonly subject: string
  /** Shown by inboxes beside the subject. */
  readonly preheader: string
  readonly heading: string
  readonly blocks: readonly Block[]
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text })
export const note = (text: string): Block => ({ kind: 'note', text })
export const facts = (rows: readonly (Fact | null)[]): readonly Block[] => {
  const shown = rows.filter((row) => row !== null)
  return shown.length === 0 ? [] : [{ kind: 'facts', facts: shown }]
}
/** A link is shown only when there is one. */
export const button = (label: string, url: string | null): readonly Block[] =>
  url === null ? [] : [{ kind: 'button', label, url }]
