import { existsSync, readFileSync } from 'node:fs'

/** A finished span as the services write it to KEYFLOW_TRACE_FILE. */
export interface Span {
  readonly trace: string
  readonly span: string
  readonly parent: string | null
  readonly service: string
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Every span that has been written whole so far. */
export const readSpans = (file: string): readonly Span[] => {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Span)
}

/** From the root of its trace to the span itself, by parent ids; begins where a parent is missing. */
export const wayTo = (span: Span, spans: readonly Span[]): readonly Span[] => {
  const parent = spans.find((other) => other.trace === span.trace && other.span === span.parent)
  return parent === undefined ? [span] : [...wayTo(parent, spans), span]
}
