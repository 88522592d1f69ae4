// npm run bench:latency [-- --quick]: boot time and idle cost of each service, then how long a buyer waits for the key:
// webhook accepted -> mail accepted, at 2 and at 50 purchases a second. Kafka and MongoDB of its own unless
// KAFKA_BROKERS and MONGODB_URL are set.
import { setTimeout as sleep } from 'node:timers/promises'
import { startStack } from '@keyflow/devstack'
import { SERVICES } from '../test/e2e/service-settings.ts'
import { startWorld } from '../test/e2e/world.ts'
import { summarize } from './ingest/latencies.ts'
import { busyPercent, readMachine } from './latency/machine.ts'
import { recordPurchase } from './latency/purchases.ts'
import { sendPurchases } from './latency/send-purchases.ts'
import { startSmtpSink } from './latency/smtp-sink.ts'
import { readWays, STAGES, type Way } from './latency/stages.ts'
import { readUsage } from './latency/usage.ts'
import { createWebhookSender } from './latency/webhook-sender.ts'
import { printReach } from './print-reach.ts'

const quick = process.argv.includes('--quick')
const IDLE_MS = quick ? 4_000 : 10_000

const WARM_UP = { label: 'w', count: quick ? 100 : 300, perSecond: 25 }
const RUNS = [
  { label: 's', count: quick ? 12 : 40, perSecond: 2 },
  { label: 'f', count: quick ? 200 : 500, perSecond: 50 },
] as const

const stack = await startStack({ log: (line) => console.log(line) })
const sink = await startSmtpSink()
const world = await startWorld({
  ...stack,
  smtpUrl: sink.url,
  oneByOne: true,
  webhooks: false,
  // As in production, where nothing is compiled beforehand.
  settings: { NODE_DISABLE_COMPILE_CACHE: '1' },
})

const sender = createWebhookSender(world.webhook)
const usage = () => Promise.all(SERVICES.map((name) => readUsage(world.ports[name].ops)))

const reportIdle = async (): Promise<void> => {
  const machine = readMachine()
  const before = await usage()
  await sleep(IDLE_MS)
  const after = await usage()
  const busy = busyPercent(machine, readMachine())
  console.log(
    `\nservice      boot ms   idle RSS MB   idle CPU %   (after ${IDLE_MS / 1000} s; one core is 100 %)`,
  )
  for (const [at, name] of SERVICES.entries()) {
    const boot = world.service(name).bootMs.toFixed(0).padStart(7)
    const rss = (after[at]?.rssMb ?? 0).toFixed(0).padStart(11)
    const cpu = (((after[at]?.cpuMs ?? 0) - (before[at]?.cpuMs ?? 0)) / IDLE_MS) * 100
    console.log(`${name.padEnd(12)} ${boot}   ${rss}   ${cpu.toFixed(1).padStart(10)}`)
  }
  // Where others work at the same time, the latencies below are theirs as well.
  console.log(`meanwhile the machine was ${busy.toFixed(0)} % busy`)
}

const line = (what: string, values: readonly number[]): string => {
  const { p50, p99, max } = summarize(values)
  const cell = (value: number): string => value.toFixed(1).padStart(8)
  return `  ${what.padEnd(46)} ${cell(p50)} ${cell(p99)} ${cell(max)}`
}

const report = (perSecond: number, ways: readonly Way[]): void => {
  const rate = `${perSecond} purchases/s, ${ways.length} of them`
  console.log(`\n${rate.padEnd(48)} ${['p50', 'p99', 'max ms'].map((name) => name.padStart(8)).join(' ')}`)
  const between = (from: keyof Way, to: keyof Way) => ways.map((way) => way[to] - way[from])
  console.log(line('webhook accepted -> mail accepted', between('received', 'mailed')))
  for (const [what, from, to] of STAGES) console.log(line(`  ${what}`, between(from, to)))
  console.log(line('(from the 200 that the sender sees)', between('answered', 'mailed')))
}

try {
  await reportIdle()
  const purchaseLike = await recordPurchase()
  const run = async ({ label, count, perSecond }: { label: string; count: number; perSecond: number }) => {
    const purchases = Array.from({ length: count }, (_, at) => purchaseLike(`${label}${at}x`))
    const before = await usage()
    const answers = await sendPurchases(sender, purchases, perSecond, sink.acceptedAt)
    const after = await usage()
    const cpu = SERVICES.map((_, at) => ((after[at]?.cpuMs ?? 0) - (before[at]?.cpuMs ?? 0)) / count)
    return { purchases, answers, cpu }
  }
  await run(WARM_UP)
  const p50: number[] = []
  const p99: number[] = []
  for (const plan of RUNS) {
    const machine = readMachine()
    const { purchases, answers, cpu } = await run(plan)
    const busy = busyPercent(machine, readMachine())
    const ways = await readWays(stack.brokers, world, purchases, answers, sink.acceptedAt)
    report(plan.perSecond, ways)
    const spent = SERVICES.map((name, at) => `${name} ${cpu[at]?.toFixed(1)}`).join(', ')
    console.log(`  processor time of a purchase, ms: ${spent}; machine ${busy.toFixed(0)} % busy`)
    const waits = summarize(ways.map(({ received, mailed }) => mailed - received))
    p50.push(waits.p50)
    p99.push(waits.p99)
  }
  printReach([
    { what: 'at 2 purchases/s: p50 ms', value: p50[0] ?? Number.NaN, least: 40, goal: 40, up: false },
    { what: 'at 50 purchases/s: p50 ms', value: p50[1] ?? Number.NaN, least: 100, goal: 100, up: false },
    { what: 'at 50 purchases/s: p99 ms', value: p99[1] ?? Number.NaN, least: 500, goal: 500, up: false },
  ])
} finally {
  sender.close()
  await world.stop()
  await sink.stop()
  await stack.stop()
}
