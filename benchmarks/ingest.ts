import { availableParallelism, loadavg } from 'node:os'
import { ALL_TOPICS, TOPICS } from '@keyflow/contracts'
import { createTopics, startKafka, startMongo } from '@keyflow/devstack'
import { CONTESTANTS, type Contestant, type Places, startContestant, topicOf } from './ingest/contestants.ts'
import { summarizeProfile } from './ingest/cpu-profile.ts'
import { findHeldRate } from './ingest/held-rate.ts'
import { inTurn } from './ingest/in-turn.ts'
import { type Load, type Measured, measure } from './ingest/measure.ts'
import { printReach } from './ingest/reach.ts'
import { addTo, emptyResults, printTable } from './ingest/results.ts'
import { answerOf, type ServerProcess, startProcess } from './ingest/server-process.ts'
import { countRecords } from './ingest/topic-count.ts'

const quick = process.argv.includes('--quick')
const REPETITIONS = quick ? 1 : 3
const CLOSED: Load = { seconds: quick ? 2 : 3, warmupSeconds: 1, connections: 128 }
const CALM: Load = { seconds: quick ? 3 : 5, warmupSeconds: 0.5, connections: 64, rate: 200 }
const STEP: Omit<Load, 'rate'> = { seconds: quick ? 1.5 : 2, warmupSeconds: 0.5, connections: 256 }
/** The search starts at this share of what the closed loop reached. */
const FIRST_SHARE = 0.35

const started = performance.now()
const kafka = process.env.KAFKA_BROKERS === undefined ? await startKafka({ log: console.log }) : undefined
const mongo = process.env.MONGODB_URL === undefined ? await startMongo({ log: console.log }) : undefined
const place: Places = {
  brokers: kafka?.brokers ?? (process.env.KAFKA_BROKERS ?? '').split(','),
  prefix: `bench-${process.pid}-`,
  mongoUrl: mongo?.url ?? process.env.MONGODB_URL ?? '',
}
const tutorialTopic = { ...TOPICS.stripeEvents, name: 'tutorial.events' }
await createTopics(place.brokers, [...ALL_TOPICS, tutorialTopic], { prefix: place.prefix })
const generator = startProcess('./load-generator.ts', { log: 'keyflow-bench-load.log' })
await answerOf(generator)
const servers = new Map<Contestant, ServerProcess>()
for (const contestant of CONTESTANTS) servers.set(contestant, await startContestant(contestant, place))
const serverOf = (contestant: Contestant): ServerProcess => servers.get(contestant) as ServerProcess

console.log(
  `Node ${process.version}; ${availableParallelism()} cores shared by server, broker and load generator; signed events of 3.5 kB; acks=all`,
)
console.log(
  `load average before: ${loadavg()[0]?.toFixed(1)} (others at work here move figures more than ratios)`,
)

const results = emptyResults()
let acknowledged = 0
const offer = async (contestant: Contestant, load: Load): Promise<Measured> => {
  const measured = await measure(generator, serverOf(contestant), load)
  if (contestant === 'keyflow') acknowledged += measured.accepted
  return measured
}
// Repetitions go round all servers, so that a noisy minute falls on every one of them.
for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
  for (const contestant of CONTESTANTS) addTo(results.closed, contestant, await offer(contestant, CLOSED))
  for (const contestant of ['floorStripe', 'tutorial', 'keyflow'] as const)
    addTo(results.calm, contestant, await offer(contestant, CALM))
  const step = inTurn(offer)
  const search = async (contestant: Contestant): Promise<void> => {
    const first = FIRST_SHARE * (results.closed.get(contestant)?.at(-1)?.perSecond ?? 1000)
    const held = await findHeldRate(first, (rate) => step(contestant, { ...STEP, rate }))
    addTo(results.held, contestant, held)
  }
  await Promise.all([search('tutorial'), search('keyflow')])
}
const profile = summarizeProfile(await serverOf('keyflow').profile(() => offer('keyflow', CLOSED)), 14)

printTable(results)
const onTopic = await countRecords(place.brokers, topicOf(place))
console.log(
  `  records on the topic: ${onTopic}; webhooks that Keyflow acknowledged while measured: ${acknowledged}`,
)
printReach(results)

const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`
console.log('\nWhat stands in the way: processor time of Keyflow ingest under full load (self time)')
console.log(`  ${profile.areas.map(({ name, share }) => `${name} ${percent(share, 0)}`).join(', ')}`)
for (const { name, share } of profile.functions) console.log(`  ${percent(share, 1).padStart(7)}  ${name}`)
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s in all`)

for (const server of servers.values()) await server.stop()
generator.disconnect()
await kafka?.stop()
await mongo?.stop()
process.exit(0)
