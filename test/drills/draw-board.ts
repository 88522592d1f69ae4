import type { BoardSpec } from '../../deploy/observability/dashboards/panel.ts'
import type { DrawnPanel, DrawnQuery } from './panel-data.ts'

const COLORS = [
  '#73bf69',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#fade2a',
  '#8ab8ff',
  '#ffa6b0',
  '#96d98d',
]
const COLUMN = 58
const [HEIGHT, STAT_HEIGHT] = [230, 110]

const UNITS: Readonly<Record<string, (value: number) => string>> = {
  percentunit: (value) => `${(value * 100).toFixed(value > 0.999 || value < 0.1 ? 2 : 1)} %`,
  s: (value) => (Math.abs(value) < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(1)} s`),
  reqps: (value) => `${value.toFixed(value < 10 ? 1 : 0)}/s`,
  ops: (value) => `${value.toFixed(2)}/s`,
  bytes: (value) => `${(value / 1024).toFixed(0)} KiB`,
}
const text = (value: number, unit: string): string =>
  Number.isFinite(value)
    ? (UNITS[unit] ?? ((v: number) => String(Math.round(v * 100) / 100)))(value)
    : 'no value'
const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

interface Line {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

const nameOf = (legend: string, labels: Readonly<Record<string, string>>): string =>
  legend.replace(/\{\{(\w+)\}\}/g, (_all, label: string) => labels[label] ?? '')

const linesOf = (queries: readonly DrawnQuery[]): readonly Line[] =>
  queries.flatMap(({ legend, series }) =>
    series.map(({ metric, values }) => ({
      name: nameOf(legend, metric),
      points: values.map(([at, value]) => [at, Number(value)] as const).filter(([, v]) => Number.isFinite(v)),
    })),
  )

/** Each line on top of those before it, time by time. */
const stacked = (lines: readonly Line[]): readonly Line[] => {
  const sums = new Map<number, number>()
  return lines.map(({ name, points }) => ({
    name,
    points: points.map(([at, value]) => {
      const sum = (sums.get(at) ?? 0) + value
      sums.set(at, sum)
      return [at, sum] as const
    }),
  }))
}

const chart = ({ spec, queries }: DrawnPanel, width: number): string => {
  const alive = linesOf(queries).filter(({ points }) => points.some(([, value]) => value !== 0))
  const raw = alive.length > 0 ? alive : linesOf(queries).slice(0, 3)
  const lines = spec.kind === 'stacked' ? stacked(raw) : raw
  const all = lines.flatMap(({ points }) => points)
  const [low, high] = [Math.min(...all.map(([at]) => at)), Math.max(...all.map(([at]) => at))]
  const bottom = Math.min(spec.min ?? Number.POSITIVE_INFINITY, ...all.map(([, v]) => v))
  const top = Math.max(...all.map(([, v]) => v), bottom + 1e-9)
  const [w, h] = [width - 78, 120]
  const x = (at: number): number => 62 + ((at - low) / Math.max(1, high - low)) * w
  const y = (value: number): number => 8 + (1 - (value - bottom) / (top - bottom)) * h
  const grid = [0, 0.5, 1].map((part) => {
    const value = bottom + part * (top - bottom)
    return `<line x1="62" x2="${62 + w}" y1="${y(value)}" y2="${y(value)}" stroke="#2c3235"/><text x="56" y="${y(value) + 4}" text-anchor="end">${text(value, spec.unit)}</text>`
  })
  const paths = lines.map(
    ({ points }, at) =>
      `<polyline fill="none" stroke-width="1.6" stroke="${COLORS[at % COLORS.length]}" points="${points.map(([t, v]) => `${x(t).toFixed(1)},${y(v).toFixed(1)}`).join(' ')}"/>`,
  )
  const legend = raw.slice(0, 9).map(({ name, points }, at) => {
    const last = points.at(-1)?.[1] ?? Number.NaN
    return `<span><i style="background:${COLORS[at % COLORS.length]}"></i>${escaped(name)} ${text(last, spec.unit)}</span>`
  })
  return `<svg width="${width - 16}" height="140">${grid.join('')}${paths.join('')}</svg><div class="legend">${legend.join('')}</div>`
}

const stat = ({ spec, queries }: DrawnPanel): string => {
  const shown = linesOf(queries).map(({ name, points }) => {
    const value = points.at(-1)?.[1]
    return `<b>${value === undefined ? (spec.noValue ?? 'no data') : text(value, spec.unit)}</b>${queries[0]?.series.length === 1 ? '' : `<em>${escaped(name)}</em>`}`
  })
  return `<div class="stat">${shown.length === 0 ? `<b>${spec.noValue ?? 'no data'}</b>` : shown.join(' ')}</div>`
}

/** A page that shows a board as Grafana would, roughly: the same queries, values and units. */
export const drawBoard = (board: BoardSpec, panels: readonly DrawnPanel[]): string => {
  const boxes = panels.map((panel) => {
    const { spec, problem } = panel
    const [width, height] = [spec.width * COLUMN, spec.kind === 'stat' ? STAT_HEIGHT : HEIGHT]
    const inside =
      problem !== null
        ? `<div class="stat"><b>${spec.noValue ?? 'no data'}</b></div>`
        : spec.kind === 'stat'
          ? stat(panel)
          : chart(panel, width)
    return `<section style="width:${width - 8}px;height:${height - 8}px"><h2>${escaped(spec.title)}</h2>${inside}</section>`
  })
  return `<!doctype html><meta charset="utf-8"><style>
    body{margin:12px;width:${24 * COLUMN}px;background:#111217;color:#ccccdc;font:12px system-ui,sans-serif}
    h1{font-size:18px;margin:4px} h2{font-size:13px;margin:6px 8px} main{display:flex;flex-wrap:wrap}
    section{background:#181b1f;border:1px solid #2c3235;margin:3px;overflow:hidden} text{fill:#8e8e99;font-size:10px}
    .stat{text-align:center;padding-top:8px} .stat b{font-size:28px;color:#73bf69;margin:0 6px} .stat em{font-size:11px}
    .legend{padding:0 8px} .legend span{margin-right:10px;font-size:11px} i{display:inline-block;width:10px;height:3px;margin-right:4px}
  </style><h1>${escaped(board.title)}</h1><main>${boxes.join('')}</main>`
}
