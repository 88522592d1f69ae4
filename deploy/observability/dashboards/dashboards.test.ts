import { describe, expect, it } from '@jest/globals'
import { declaredMetrics } from '../../../scripts/declared-metrics.ts'
import { RECORDINGS } from '../rules/recording.ts'
import { BOARDS, dashboardFiles } from './all-dashboards.ts'

const panels = BOARDS.flatMap((board) => board.panels.map((panel) => ({ board: board.title, ...panel })))

describe('every panel', () => {
  it.each(panels.map((panel) => [`${panel.board}, ${panel.title}`, panel] as const))(
    '%s has a title, a description of its own, a unit and a query for the chosen instances',
    (_name, { title, description, unit, queries }) => {
      expect(title).not.toBe('')
      expect(description.length).toBeGreaterThan(10)
      expect(unit).not.toBe('')
      expect(queries.length).toBeGreaterThan(0)
      for (const { expr } of queries) {
        if (/\bkeyflow_\w+/.test(expr)) expect(expr).toContain('job=~"$job",instance=~"$instance"')
        expect(expr).not.toContain('clamp_min')
      }
    },
  )

  it('names only metrics that services declare and ratios that are recorded', async () => {
    const declared = new Set(
      (await declaredMetrics()).flatMap(({ name, type }) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    )
    for (const { record } of RECORDINGS) declared.add(record)
    const used = panels.flatMap(({ queries }) =>
      queries.flatMap(({ expr }) => expr.match(/\bkeyflow[_:][a-z0-9_:]+/g) ?? []),
    )
    expect([...new Set(used)].filter((name) => !declared.has(name))).toEqual([])
  })
})

describe('the overview', () => {
  it('begins with the delivery rate and the latency', () => {
    const [first, , third] = BOARDS[0]?.panels ?? []
    expect([first?.title, third?.title]).toEqual(['Delivery rate, 1 h', 'Time to key, p99, 1 h'])
  })
})

describe('the dashboards', () => {
  it('have the same variables and lead to each other', () => {
    for (const json of Object.values(dashboardFiles())) {
      const { templating, links } = JSON.parse(json)
      expect(templating.list.map(({ name }: { name: string }) => name)).toEqual([
        'datasource',
        'job',
        'instance',
        'livemode',
      ])
      expect(links).toHaveLength(1)
    }
  })
})
