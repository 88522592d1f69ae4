// npm run bench:pipeline: how fast licensing drains a backlog, beside one transaction per event with 32 lanes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ALL_TOPICS } from '@keyflow/contracts'
import { createTopics, startStack, uniqueName } from '@keyflow/devstack'
import { writeBacklog } from './pipeline/backlog.ts'
import { drainLicensing } from './pipeline/drain-licensing.ts'
import { printReach } from './print-reach.ts'

const BASELINE = fileURLToPath(new URL('./pipeline/baseline-process.ts', import.meta.url))
const quick = process.argv.includes('--quick')
const rounds = quick ? 1 : 3
const buyersOf = { licensing: quick ? 800 : 2000, baseline: quick ? 80 : 150 }
const PARTITIONS = 6

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const stack = await startStack({ log: (line) => console.log(line) })
try {
  const prepare = async (label: string, buyers: number) => {
    const topicPrefix = `${uniqueName(label)}.`
    await createTopics(stack.brokers, ALL_TOPICS, { prefix: topicPrefix, partitions: PARTITIONS })
    const expected = await writeBacklog(stack.brokers, topicPrefix, buyers)
    return {
      brokers: stack.brokers,
      mongoUrl: stack.mongoUrl,
      database: uniqueName(label),
      topicPrefix,
      expected,
    }
  }
  const rates = { licensing: [] as number[], baseline: [] as number[] }
  for (let round = 1; round <= rounds; round += 1) {
    const slow = await prepare('baseline', buyersOf.baseline)
    const child = fork(BASELINE, { env: { ...process.env, BENCH_OPTIONS: JSON.stringify(slow) } })
    const [seconds] = (await once(child, 'message')) as [number]
    rates.baseline.push(slow.expected / seconds)
    const fast = await prepare('licensing', buyersOf.licensing)
    const drained = await drainLicensing(fast)
    rates.licensing.push(fast.expected / drained.seconds)
    console.log(
      `round ${round}: one transaction per event ${rates.baseline.at(-1)?.toFixed(0)}/s (${slow.expected} events), licensing ${rates.licensing.at(-1)?.toFixed(0)}/s (${fast.expected} events, ${drained.seconds.toFixed(1)} s)`,
    )
  }
  console.log(
    `medians: one transaction per event ${median(rates.baseline).toFixed(0)}/s, licensing ${median(rates.licensing).toFixed(0)}/s`,
  )
  printReach([
    {
      what: 'licensing events/s (backlog) / one transaction per event, 32 lanes',
      value: median(rates.licensing) / median(rates.baseline),
      least: 6,
      goal: 10,
      up: true,
    },
  ])
} finally {
  await stack.stop()
}
