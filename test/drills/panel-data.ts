import { BOARDS } from '../../deploy/observability/dashboards/all-dashboards.ts'
import type { BoardSpec, PanelSpec } from '../../deploy/observability/dashboards/panel.ts'
import type { Monitoring, Sample } from './monitoring.ts'

export interface DrawnQuery {
  readonly legend: string
  readonly series: readonly Sample[]
}

export interface DrawnPanel {
  readonly spec: PanelSpec
  readonly queries: readonly DrawnQuery[]
  /** What is wrong with it: a query that fails, or a panel without any value. */
  readonly problem: string | null
}

const STEP_SECONDS = 2

/** Grafana's variables as a board with everything chosen would fill them, at the drill's pace. */
const filled = (expr: string, seconds: number): string =>
  expr
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$__range', `${seconds}s`)
    .replace(/\[1h\]/g, `[${seconds}s]`)
    .replace(/\$(job|instance|livemode)/g, '.*')

const readPanel = async (monitoring: Monitoring, spec: PanelSpec, seconds: number): Promise<DrawnPanel> => {
  try {
    const queries: DrawnQuery[] = []
    for (const { expr, legend } of spec.queries)
      queries.push({
        legend,
        series: await monitoring.queryRange(filled(expr, seconds), seconds, STEP_SECONDS),
      })
    const hasValue = queries.some(({ series }) =>
      series.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value)))),
    )
    return { spec, queries, problem: hasValue ? null : 'EMPTY' }
  } catch (error) {
    return { spec, queries: [], problem: `ERROR ${error instanceof Error ? error.message : error}` }
  }
}

/** Runs every query of every board against a live Prometheus, over so many seconds back from now. */
export const readBoards = async (
  monitoring: Monitoring,
  seconds: number,
): Promise<ReadonlyMap<BoardSpec, readonly DrawnPanel[]>> => {
  const read = new Map<BoardSpec, readonly DrawnPanel[]>()
  for (const board of BOARDS) {
    const panels: DrawnPanel[] = []
    for (const spec of board.panels) panels.push(await readPanel(monitoring, spec, seconds))
    read.set(board, panels)
  }
  return read
}
