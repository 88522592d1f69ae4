import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sharedStack, waitUntil } from '@keyflow/devstack'
import { documentedMetrics } from './documented-metrics.ts'
import { type Exposed, scrape } from './scrape.ts'
import { SERVICES, type ServiceName } from './service-settings.ts'
import { readSpans } from './spans.ts'
import { startWorld, type World } from './world.ts'

const ALL: readonly ServiceName[] = [...SERVICES, 'outbound']
const folder = mkdtempSync(join(tmpdir(), 'keyflow-metrics-'))
const traceFile = join(folder, 'spans.jsonl')

let world: World
const exposed = new Map<ServiceName, ReadonlyMap<string, Exposed>>()

beforeAll(async () => {
  world = await startWorld({
    ...(await sharedStack()),
    partitions: 3,
    settings: { KEYFLOW_TRACE_FILE: traceFile },
  })
  await world.start('outbound')
  const ada = 'ada@example.com'
  await world.shop.buy(ada, 'price_starter_monthly')
  await world.mailbox.untilKey(ada)
  await world.untilQuiet()
  for (const name of ALL) exposed.set(name, await scrape(world.ports[name].ops))
}, 120_000)
afterAll(async () => {
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const documented = documentedMetrics()
const of = (service: ServiceName) =>
  documented.filter(({ services }) => services === 'all' || services.split(', ').includes(service))

describe('the metrics of running services, after a purchase', () => {
  it.each(ALL)('of %s are those of docs/metrics.md: the same names and types', (service) => {
    const found = [...(exposed.get(service)?.values() ?? [])]
      .filter(({ name }) => name.startsWith('keyflow_'))
      .map(({ name, type }) => `${name} ${type}`)
    expect(found.sort()).toEqual(
      of(service)
        .map(({ name, type }) => `${name} ${type}`)
        .sort(),
    )
  })

  it.each(ALL)(
    'of %s have the labels of docs/metrics.md, and no value that is not listed there',
    (service) => {
      for (const { name, labels } of of(service)) {
        const series = exposed.get(service)?.get(name)?.series ?? []
        for (const set of series) {
          expect([name, Object.keys(set).sort()]).toEqual([name, [...labels.keys()].sort()])
          for (const [label, value] of Object.entries(set)) {
            const listed = labels.get(label)
            if (listed !== null)
              expect([name, label, value, listed?.has(value)]).toEqual([name, label, value, true])
          }
        }
      }
    },
  )

  it('tell how long the buyer waited for the key, from the webhook and from Stripe, with the way to the trace', async () => {
    const provisioning = exposed.get('notifier')?.get('keyflow_provisioning_seconds')?.text ?? ''
    const sinceStripe = exposed.get('notifier')?.get('keyflow_provisioning_since_stripe_seconds')?.text ?? ''
    expect(provisioning).toMatch(/^keyflow_provisioning_seconds_count 1$/m)
    expect(sinceStripe).toMatch(/^keyflow_provisioning_since_stripe_seconds_count 1$/m)
    const [, trace] = /# \{trace_id="([0-9a-f]{32})"\}/.exec(provisioning) ?? []
    const services = new Set(
      readSpans(traceFile)
        .filter((span) => span.trace === trace)
        .map(({ service }) => service),
    )
    expect([...services]).toEqual(
      expect.arrayContaining(['keyflow-ingest', 'keyflow-licensing', 'keyflow-notifier']),
    )
  })

  it('balance: what was accepted, every consumer of it has settled, and nothing waits', async () => {
    const { accepted } = await world.webhooks()
    const settled = async (service: ServiceName): Promise<number> => {
      const text =
        (await scrape(world.ports[service].ops)).get('keyflow_stripe_events_settled_total')?.text ?? ''
      return Number(/\} (\d+)$/m.exec(text)?.[1])
    }
    for (const service of ['licensing', 'dunning', 'notifier'] as const)
      await waitUntil(async () => (await settled(service)) === accepted, {
        what: `${service} to have settled ${accepted} events`,
        deadlineMs: 20_000,
      })
  })
})
