export interface Exposed {
  readonly name: string
  readonly type: string
  /** Label names and values of every series, without those that Prometheus's own format adds. */
  readonly series: readonly Readonly<Record<string, string>>[]
  readonly text: string
}

const FORMAT_LABELS = new Set(['le', 'quantile'])

/** What a service says at /metrics, by metric; counters under the name of their series. */
export const scrape = async (opsPort: number): Promise<ReadonlyMap<string, Exposed>> => {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  const exposed = new Map<string, Exposed>()
  for (const block of text.split(/^(?=# HELP )/m)) {
    const [, family = '', type = ''] = /^# TYPE (\S+) (\S+)$/m.exec(block) ?? []
    const name = type === 'counter' ? `${family.replace(/_total$/, '')}_total` : family
    const lines = block.split('\n').filter((line) => line.startsWith(family))
    exposed.set(name, { name, type, text: block, series: lines.map(labelsOf) })
  }
  return exposed
}

const labelsOf = (line: string): Readonly<Record<string, string>> => {
  const [, inside = ''] = /^\w+\{([^}]*)\}/.exec(line) ?? []
  const pairs = [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, label = '', value = '']) => [label, value] as const,
  )
  return Object.fromEntries(pairs.filter(([label]) => !FORMAT_LABELS.has(label)))
}
