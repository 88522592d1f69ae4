import { readFileSync } from 'node:fs'

export interface DocumentedMetric {
  readonly name: string
  readonly type: string
  readonly services: string
  /** Label -> the values that it may have; null = any. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string> | null>
}

const wordsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)

/** Reads docs/metrics.md as a person would. */
export const documentedMetrics = (): readonly DocumentedMetric[] => {
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const longSet = (label: string, name: string): ReadonlySet<string> => {
    const [, words = ''] = text.split(`### ${label} of ${name}\n\n`)
    return new Set(wordsIn(words.split('\n')[0] ?? ''))
  }
  const rows = text.split('\n').filter((line) => line.startsWith('| `keyflow_'))
  return rows.map((row) => {
    const [first = '', type = '', services = '', labelCell = ''] = row.split(' | ')
    const [name = ''] = wordsIn(first)
    const labels = new Map<string, ReadonlySet<string> | null>()
    for (const part of labelCell.split('; ')) {
      const [label, ...values] = wordsIn(part)
      if (label === undefined) continue
      if (part.includes('see below')) labels.set(label, longSet(label, name))
      else labels.set(label, values.length === 0 ? null : new Set(values))
    }
    return { name, type, services, labels }
  })
}
