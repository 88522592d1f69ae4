// npm run bench:latency: boot time and idle memory of each service; webhook accepted -> mail accepted at two rates.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startStack } from '@keyflow/devstack'
import { SERVICES, startInstallation } from '../test/e2e/installation.ts'
import { measureRate } from './latency/measure-rate.ts'
import { startSmtpSink } from './latency/smtp-sink.ts'
import { printReach } from './print-reach.ts'

const quick = process.argv.includes('--quick')
const IDLE_MS = quick ? 3000 : 10_000

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Resident megabytes and processor seconds so far of a process. */
const usageOf = (pid: number): { readonly rssMb: number; readonly cpuSeconds: number } => {
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return { rssMb: Number(rss) / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 }
}

const stack = await startStack({ log: (line) => console.log(line) })
const sink = await startSmtpSink()
const keyflow = await startInstallation({ ...stack, smtpUrl: sink.url })
try {
  const before = SERVICES.map((name) => usageOf(keyflow.service(name).pid).cpuSeconds)
  await sleep(IDLE_MS)
  console.log('service      boot ms   idle RSS MB   idle CPU % of a core')
  for (const [at, name] of SERVICES.entries()) {
    const { pid, bootMs } = keyflow.service(name)
    const { rssMb, cpuSeconds } = usageOf(pid)
    const idle = ((cpuSeconds - (before[at] ?? 0)) / (IDLE_MS / 1000)) * 100
    console.log(
      `${name.padEnd(12)} ${bootMs.toFixed(0).padStart(7)} ${rssMb.toFixed(0).padStart(13)} ${idle.toFixed(1).padStart(22)}`,
    )
  }
  await measureRate(keyflow, sink.acceptedAt, 'warm', { purchases: 100, perSecond: 25 })
  const show = (what: string, values: readonly number[]): void =>
    console.log(
      `${what}: p50 ${percentile(values, 0.5).toFixed(0)} ms, p90 ${percentile(values, 0.9).toFixed(0)} ms, p99 ${percentile(values, 0.99).toFixed(0)} ms, max ${Math.max(...values).toFixed(0)} ms (${values.length} purchases)`,
    )
  console.log('\nwebhook accepted -> mail accepted')
  const slow = await measureRate(keyflow, sink.acceptedAt, 'slow', {
    purchases: quick ? 10 : 40,
    perSecond: 2,
  })
  show('2 purchases/s ', slow)
  const cpuOf = () => SERVICES.map((name) => usageOf(keyflow.service(name).pid).cpuSeconds)
  const cpuBefore = cpuOf()
  const purchases = quick ? 150 : 500
  const fast = await measureRate(keyflow, sink.acceptedAt, 'fast', { purchases, perSecond: 50 })
  show('50 purchases/s', fast)
  const spent = cpuOf().map((after, at) => ((after - (cpuBefore[at] ?? 0)) * 1000) / purchases)
  console.log(
    `processor time of a purchase: ${SERVICES.map((name, at) => `${name} ${spent[at]?.toFixed(1)} ms`).join(', ')}`,
  )
  printReach([
    { what: 'at 2/s: p50 ms', value: percentile(slow, 0.5), least: 40, goal: 40, up: false },
    { what: 'at 50/s: p50 ms', value: percentile(fast, 0.5), least: 100, goal: 100, up: false },
    { what: 'at 50/s: p99 ms', value: percentile(fast, 0.99), least: 500, goal: 500, up: false },
  ])
} finally {
  await keyflow.stop()
  await sink.stop()
  await stack.stop()
}
