import { availableParallelism } from 'node:os'
import { ALL_TOPICS, TOPICS } from '@keyflow/contracts'
import { createTopics, startKafka } from '@keyflow/devstack'
import {
  CONTESTANTS,
  type Contestant,
  type KafkaPlace,
  startContestant,
  TITLES,
  topicOf,
} from './ingest/contestants.ts'
import { summarizeProfile } from './ingest/cpu-profile.ts'
import { findHeldRate, HELD_P99_MS, type HeldRate } from './ingest/held-rate.ts'
import { median } from './ingest/latencies.ts'
import { type Load, type Measured, measure } from './ingest/measure.ts'
import { printReach } from './ingest/reach.ts'
import { answerOf, type ServerProcess, startProcess } from './ingest/server-process.ts'
import { countRecords } from './ingest/topic-count.ts'

const quick = process.argv.includes('--quick')
const REPETITIONS = quick ? 1 : 3
const CLOSED: Load = { seconds: quick ? 2 : 3, warmupSeconds: 1, connections: 128 }
const CALM: Load = { seconds: quick ? 3 : 5, warmupSeconds: 0.5, connections: 64, rate: 200 }
const STEP: Omit<Load, 'rate'> = { seconds: quick ? 1.5 : 2.5, warmupSeconds: 0.5, connections: 256 }
/** The search starts at this share of what the closed loop reached. */
const FIRST_SHARE = 0.35

const started = performance.now()
const kafka = process.env.KAFKA_BROKERS === undefined ? await startKafka({ log: console.log }) : undefined
const place: KafkaPlace = {
  brokers: kafka?.brokers ?? (process.env.KAFKA_BROKERS ?? '').split(','),
  prefix: `bench-${process.pid}-`,
}
const tutorialTopic = { ...TOPICS.stripeEvents, name: 'tutorial.events' }
await createTopics(place.brokers, [...ALL_TOPICS, tutorialTopic], { prefix: place.prefix })
const generator = startProcess('./load-generator.ts', { log: 'keyflow-bench-load.log' })
await answerOf(generator)
const servers = new Map<Contestant, ServerProcess>()
for (const contestant of CONTESTANTS) servers.set(contestant, await startContestant(contestant, place))
const serverOf = (contestant: Contestant): ServerProcess => servers.get(contestant) as ServerProcess

console.log(
  `Node ${process.version}, ${availableParallelism()} cores shared by server, broker and load generator; signed events of 3.5 kB, acks=all`,
)

// Repetitions go round all servers, so that a noisy minute falls on every one of them.
const closed = new Map<Contestant, Measured[]>()
const calm = new Map<Contestant, Measured[]>()
const held = new Map<Contestant, HeldRate[]>()
const add = <T>(to: Map<Contestant, T[]>, contestant: Contestant, value: T): void => {
  to.set(contestant, [...(to.get(contestant) ?? []), value])
}
let acceptedByKeyflow = 0
const offer = async (contestant: Contestant, load: Load): Promise<Measured> => {
  const measured = await measure(generator, serverOf(contestant), load)
  if (contestant === 'keyflow') acceptedByKeyflow += measured.accepted
  return measured
}
for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
  for (const contestant of CONTESTANTS) add(closed, contestant, await offer(contestant, CLOSED))
  for (const contestant of ['floorStripe', 'tutorial', 'keyflow'] as const)
    add(calm, contestant, await offer(contestant, CALM))
  for (const contestant of ['tutorial', 'keyflow'] as const) {
    const first = FIRST_SHARE * (closed.get(contestant)?.at(-1)?.perSecond ?? 1000)
    add(held, contestant, await findHeldRate(first, (rate) => offer(contestant, { ...STEP, rate })))
  }
}

const middle = <T>(from: Map<Contestant, T[]>, contestant: Contestant, pick: (value: T) => number): number =>
  median((from.get(contestant) ?? []).map(pick))
const ratio = <T>(from: Map<Contestant, T[]>, pick: (value: T) => number): number =>
  middle(from, 'keyflow', pick) / middle(from, 'tutorial', pick)
const number = (value: number, digits = 0): string =>
  Number.isNaN(value) ? '-' : value.toFixed(digits).padStart(8)

console.log(
  `\n${'server'.padEnd(42)} closed loop, 128 connections            open loop 200/s      held, p99 < ${HELD_P99_MS} ms`,
)
console.log(`${''.padEnd(42)}     /s      p50      p99   CPU us        p50      p99           /s      p99`)
for (const contestant of CONTESTANTS)
  console.log(
    TITLES[contestant].padEnd(42),
    [
      number(middle(closed, contestant, (m) => m.perSecond)),
      number(
        middle(closed, contestant, (m) => m.latencies.p50),
        1,
      ),
      number(
        middle(closed, contestant, (m) => m.latencies.p99),
        1,
      ),
      number(middle(closed, contestant, (m) => m.cpuPerRequest)),
      '  ',
      number(
        middle(calm, contestant, (m) => m.latencies.p50),
        1,
      ),
      number(
        middle(calm, contestant, (m) => m.latencies.p99),
        1,
      ),
      '    ',
      number(middle(held, contestant, (h) => h.rate)),
      number(
        middle(held, contestant, (h) => h.p99),
        1,
      ),
    ].join(' '),
  )
for (const contestant of ['tutorial', 'keyflow'] as const)
  console.log(
    `  held by ${contestant}, each repetition: ${held
      .get(contestant)
      ?.map(({ rate }) => rate)
      .join(', ')}`,
  )
const onTopic = await countRecords(place.brokers, topicOf(place))
console.log(
  `  records on the topic: ${onTopic}; webhooks that Keyflow had acknowledged while measured: ${acceptedByKeyflow}`,
)

const calmLimit = 2 * middle(calm, 'floorStripe', (m) => m.latencies.p99) + 3
printReach([
  { what: 'highest rate held / tutorial', value: ratio(held, (h) => h.rate), least: 3, goal: 4, up: true },
  {
    what: 'accepted/s in closed loop / tutorial',
    value: ratio(closed, (m) => m.perSecond),
    least: 2,
    goal: 3,
    up: true,
  },
  {
    what: 'CPU per event / tutorial',
    value: ratio(closed, (m) => m.cpuPerRequest),
    least: 0.55,
    goal: 0.35,
    up: false,
  },
  {
    what: `p99 at 200/s / (2x constructEvent floor + 3 ms = ${calmLimit.toFixed(1)} ms)`,
    value: middle(calm, 'keyflow', (m) => m.latencies.p99) / calmLimit,
    least: 1,
    goal: 1,
    up: false,
  },
])

const profile = summarizeProfile(await serverOf('keyflow').profile(() => offer('keyflow', CLOSED)), 14)
console.log('\nWhere the processor time of Keyflow ingest goes under full load (self time)')
console.log(`  ${profile.areas.map(({ name, share }) => `${name} ${(share * 100).toFixed(0)} %`).join(', ')}`)
for (const { name, share } of profile.functions)
  console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`)
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s in all`)

for (const server of servers.values()) await server.stop()
generator.disconnect()
await kafka?.stop()
process.exit(0)
