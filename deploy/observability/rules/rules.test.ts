import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { declaredMetrics } from '../../../scripts/declared-metrics.ts'
import { observabilityFiles } from '../../../scripts/observability-files.ts'
import { ALL_ALERTS, PREFIX, runbookName } from './all-alerts.ts'
import { lasting, PRODUCTION } from './pace.ts'
import { RECORDINGS } from './recording.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const tests = new URL('../prometheus/tests/', import.meta.url)

interface Case {
  readonly alertname: string
  readonly exp_alerts?: readonly unknown[]
}
const cases = readdirSync(fileURLToPath(tests)).flatMap((file) => {
  const parsed = parse(readFileSync(new URL(file, tests), 'utf8')) as {
    readonly tests: readonly { readonly alert_rule_test?: readonly Case[] }[]
  }
  return parsed.tests.flatMap((test) => test.alert_rule_test ?? [])
})

/** These fire, or would, whatever happens: silence is no case of theirs. */
const NEVER_SILENT = new Set(['KeyflowWatchdog'])

const METRIC = /\bkeyflow_[a-z0-9_]+/g
const expressions = [...ALL_ALERTS, ...RECORDINGS].map(({ expr }) => expr(PRODUCTION))

describe('the generated files of deploy/', () => {
  it.each(Object.keys(observabilityFiles()))(
    '%s is up to date (else: npm run docs:observability)',
    (path) => {
      expect(read(path)).toBe(observabilityFiles()[path])
    },
  )
})

describe('every alert', () => {
  const alerts = ALL_ALERTS.map((alert) => [`${PREFIX}${alert.name}`, alert] as const)

  it.each(alerts)('%s has a case in which it fires and one in which it is silent', (name) => {
    const own = cases.filter(({ alertname }) => alertname === name)
    expect(own.some(({ exp_alerts: fired = [] }) => fired.length > 0)).toBe(true)
    if (!NEVER_SILENT.has(name))
      expect(own.some(({ exp_alerts: fired = [] }) => fired.length === 0)).toBe(true)
  })

  it.each(alerts)(
    '%s has a runbook that says what it means, where to look, how to mend it and how to see that',
    (name, alert) => {
      const path = `docs/runbooks/${runbookName(alert.name)}.md`
      expect([path, existsSync(new URL(path, root))]).toEqual([path, true])
      const text = read(path)
      expect(text.startsWith(`# ${name}\n`)).toBe(true)
      for (const heading of ['For customers', 'First look', 'Mend', 'Mended when'])
        expect([heading, new RegExp(`^## ${heading}\\n+\\S`, 'm').test(text)]).toEqual([heading, true])
    },
  )

  it('is told of in a runbook, and no runbook tells of another', () => {
    const names = ALL_ALERTS.map(({ name }) => `${runbookName(name)}.md`)
    const files = readdirSync(fileURLToPath(new URL('docs/runbooks/', root))).filter((f) => f !== 'README.md')
    expect(files.sort()).toEqual(names.sort())
  })
})

describe('the expressions', () => {
  it('name only metrics that services declare', async () => {
    const declared = (await declaredMetrics()).flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    )
    const used = new Set(expressions.flatMap((text) => text.match(METRIC) ?? []))
    expect([...used].filter((name) => !declared.includes(name))).toEqual([])
  })

  it('name only label values that are declared', async () => {
    const values = new Set(
      (await declaredMetrics()).flatMap(({ labels }) => Object.values(labels).flatMap((set) => set ?? [])),
    )
    const asked = expressions.flatMap((text) => [
      ...text.matchAll(
        /\b(?:outcome|reason|source|slot|cause|kind|state|operation|result|age|layer|class)!?=~?"([^"]*)"/g,
      ),
    ])
    const unknown = asked.flatMap(([, list = '']) => list.split('|')).filter((value) => !values.has(value))
    expect([...new Set(unknown)]).toEqual([])
  })
})

describe('lengths of time', () => {
  it.each([
    [30, '30s'],
    [90, '90s'],
    [1800, '30m'],
    [5400, '90m'],
    [86_400, '1d'],
    [259_200, '3d'],
    [0.5, '500ms'],
  ])('of %s seconds are written %s', (seconds, text) => {
    expect(lasting(seconds)).toBe(text)
  })
})
