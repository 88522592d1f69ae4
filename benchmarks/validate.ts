// npm run bench:validate: validations a second beside a bare Fastify route, with few licenses and with many.
import { availableParallelism, loadavg } from 'node:os'
import { ALL_TOPICS } from '@keyflow/contracts'
import { createTopics, startStack, uniqueName } from '@keyflow/devstack'
import { type Areas, summarizeProfile } from './ingest/cpu-profile.ts'
import { median } from './ingest/latencies.ts'
import type { LoadResult } from './ingest/load-job.ts'
import { answerOf, type ServerProcess, startProcess, startServer } from './ingest/server-process.ts'
import { printReach } from './print-reach.ts'
import { ISSUER_SECRET, writeLicenses } from './validate/licenses.ts'
import type { ValidateJob } from './validate/validate-job.ts'

const quick = process.argv.includes('--quick')
const REPETITIONS = quick ? 3 : 7
const FEW = 1000
const MANY = quick ? 20_000 : 1_000_000
const LOAD = { seconds: quick ? 2 : 4, warmupSeconds: 0, connections: 128 }
/** Until the compilers have seen enough. */
const WARMUP = { ...LOAD, seconds: 8 }

const AREAS: Areas = [
  ['profiler', /node:inspector/],
  ['MongoDB client', /mongodb|bson|dataloader/],
  ['hash', /node:internal\/crypto|crypto-license-keys|^ (?:init|update|digest|Hmac|hexWrite)$/],
  ['rate limits', /rate-limit/],
  ['metrics', /prom-client|licensing-metrics/],
  ['validation itself', /services\/licensing|packages\/c/],
  ['JSON schema', /ajv|anonymous|^ validate/],
  ['HTTP and sockets', /fastify|find-my-way|node:_http|node:net|stream|node:events|^ write/],
  ['Kafka client', /kafkajs/],
  ['garbage collection', /garbage collector/],
]

const started = performance.now()
// As docs/operating.md sizes it: a million licenses and their indexes fit into memory.
const stack = await startStack({ log: console.log, mongoCacheGigabytes: 2 })

const startLicensing = async (licenses: number): Promise<ServerProcess> => {
  const database = uniqueName(`validate_${licenses}`)
  const topicPrefix = `${database}.`
  await createTopics(stack.brokers, ALL_TOPICS, { prefix: topicPrefix, partitions: 1 })
  const server = await startServer(`validate-${licenses}`, '../../services/licensing/src/main.ts', {
    env: {
      KAFKA_BROKERS: stack.brokers.join(','),
      MONGODB_URL: stack.mongoUrl,
      MONGODB_DATABASE: database,
      TOPIC_PREFIX: topicPrefix,
      LOG_LEVEL: 'error',
      ISSUER_SECRET,
      KEY_TRANSPORT_SECRET: Buffer.alloc(32, 1).toString('base64'),
      PERSONAL_MASTER_KEYS: `bench:${Buffer.alloc(32, 2).toString('base64')}`,
      STRIPE_API_KEY: 'sk_live_benchmark0',
      STRIPE_API_BASE: 'http://127.0.0.1:9',
      RECONCILE_MINUTES: '0',
      RECONCILE_OBJECTS_HOURS: '0',
      // The limits are counted as in production; a thousand licenses would reach those of production within a second.
      VALIDATIONS_PER_LICENSE: '1000000',
      READY_PATH: '/readyz',
    },
  })
  const before = performance.now()
  await writeLicenses(stack.mongoUrl, database, licenses)
  console.log(`${licenses} licenses written in ${((performance.now() - before) / 1000).toFixed(0)} s`)
  return server
}

const generator = startProcess('../validate/load-generator.ts', { log: 'keyflow-bench-validate-load.log' })
await answerOf(generator)
const contestants = [
  {
    name: 'bare Fastify route',
    licenses: FEW,
    server: await startServer('bare', '../validate/bare-route.ts', { env: {} }),
  },
  { name: `keyflow, ${FEW} licenses`, licenses: FEW, server: await startLicensing(FEW) },
  { name: `keyflow, ${MANY} licenses`, licenses: MANY, server: await startLicensing(MANY) },
] as const

interface Measured {
  readonly perSecond: number
  readonly cpu: number
  readonly p50: number
  readonly p99: number
  readonly failed: number
}
const offer = async (job: ValidateJob): Promise<LoadResult> => {
  generator.send(job)
  return answerOf<LoadResult>(generator)
}
const measure = async ({ server, licenses }: (typeof contestants)[number]): Promise<Measured> => {
  const before = await server.cpu()
  const { accepted, failed, seconds, latencies } = await offer({ ...LOAD, port: server.port, licenses })
  const cpu = ((await server.cpu()) - before) / Math.max(1, accepted + failed)
  return { perSecond: accepted / seconds, cpu, p50: latencies.p50, p99: latencies.p99, failed }
}

console.log(
  `Node ${process.version}; ${availableParallelism()} cores shared by server, database and load generator; ${LOAD.connections} connections, closed loop; load average before: ${loadavg()[0]?.toFixed(1)}`,
)
const results = contestants.map((): Measured[] => [])
for (const { server, licenses } of contestants) await offer({ ...WARMUP, port: server.port, licenses })
// Repetitions go round all, so that a noisy minute falls on every one of them.
for (let repetition = 0; repetition < REPETITIONS; repetition += 1)
  for (const [i, contestant] of contestants.entries()) results[i]?.push(await measure(contestant))

const of = (i: number, pick: (measured: Measured) => number): number => median((results[i] ?? []).map(pick))
console.log(`\n${''.padEnd(30)}        /s  CPU us  p50 ms  p99 ms  failed`)
for (const [i, { name }] of contestants.entries())
  console.log(
    `${name.padEnd(30)}${of(i, (m) => m.perSecond)
      .toFixed(0)
      .padStart(10)}${of(i, (m) => m.cpu)
      .toFixed(0)
      .padStart(8)}${of(i, (m) => m.p50)
      .toFixed(1)
      .padStart(8)}${of(i, (m) => m.p99)
      .toFixed(1)
      .padStart(8)}${(results[i] ?? [])
      .reduce((sum, m) => sum + m.failed, 0)
      .toString()
      .padStart(8)}`,
  )
/** Median over the repetitions of the ratio within one: neighbors in time share the machine's mood. */
const ratio = (a: number, b: number): number =>
  median((results[a] ?? []).map((m, i) => m.perSecond / (results[b]?.[i]?.perSecond ?? Number.NaN)))
printReach([
  { what: `validate / bare route, ${FEW} licenses`, value: ratio(1, 0), least: 0.4, goal: 0.5, up: true },
  { what: `validate / bare route, ${MANY} licenses`, value: ratio(2, 0), least: 0.4, goal: 0.5, up: true },
  { what: `${MANY} licenses / ${FEW} licenses`, value: ratio(2, 1), least: 0.9, goal: 0.95, up: true },
])

const busiest = contestants[2]
const profile = summarizeProfile(
  await busiest.server.profile(() =>
    offer({ ...LOAD, port: busiest.server.port, licenses: busiest.licenses }),
  ),
  24,
  AREAS,
)
const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`
console.log('\nWhere the processor time of validation goes (self time)')
console.log(`  ${profile.areas.map(({ name, share }) => `${name} ${percent(share, 0)}`).join(', ')}`)
for (const { name, share } of profile.functions) console.log(`  ${percent(share, 1).padStart(7)}  ${name}`)
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s in all`)

for (const { server } of contestants) await server.stop()
generator.disconnect()
await stack.stop()
process.exit(0)
