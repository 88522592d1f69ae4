// npm run bench:mails [-- COUNT]: a backlog of reminders (10,000) through one notifier to a local relay, and how long the mails
// with a license key wait that come meanwhile. Kafka and MongoDB of its own unless KAFKA_BROKERS and MONGODB_URL are set.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '@keyflow/devstack'
import { createWorld } from '../services/notifier/test/notifier-world.ts'
import { dunningEvent, NOTICE } from '../services/notifier/test/samples.ts'
import { summarize } from './ingest/latencies.ts'
import { busyPercent, readMachine } from './latency/machine.ts'
import { startSmtpSink } from './latency/smtp-sink.ts'
import { unixNow } from './latency/unix-now.ts'

const reminders = Number(process.argv[2] ?? 10_000)
const KEYS = 100
const KEY_EVERY_MS = 100
const PATIENCE_MS = 600_000

const world = await createWorld()
const sink = await startSmtpSink()
const address = (id: string): string => `${id}@example.com`
const inChunks = async <T>(items: readonly T[], publish: (item: T) => Promise<unknown>): Promise<void> => {
  for (let at = 0; at < items.length; at += 500) await Promise.all(items.slice(at, at + 500).map(publish))
}
const people = (count: number): string[] => Array.from({ length: count }, () => `cus_${randomUUID()}`)
const owing = people(reminders)
const buying = people(KEYS)

const notifier = world.spawnNotifier(sink.url, {
  LOG_LEVEL: 'error',
  LEASE_MS: '30000',
  SMTP_DIALOG_MS: '60000',
})
try {
  await inChunks([...owing, ...buying], (id) => world.publishCustomer({ id, email: address(id) }))
  const contacts = () => world.store.db.collection('contacts').countDocuments()
  await waitUntil(async () => (await contacts()) === reminders + KEYS, {
    what: 'the contacts to be known',
    deadlineMs: PATIENCE_MS,
  })

  const machine = readMachine()
  const began = unixNow()
  await inChunks(owing, (id) => {
    const caseId = `platform:test:sub_${id}`
    const notice = { ...NOTICE, key: `${caseId}:remind` }
    return world.publishDunningEvent(
      dunningEvent(1, { id: `${caseId}:1`, caseId, customer: id, subscription: `sub_${id}`, notice }),
    )
  })
  await waitUntil(() => sink.acceptedAt.size > 0, { what: 'the first reminder', deadlineMs: PATIENCE_MS })

  const boughtAt = new Map<string, number>()
  for (const id of buying) {
    const event = await world.licenseEvent({ id: randomUUID(), refs: [id] }, 1)
    boughtAt.set(id, unixNow())
    await world.publishLicenseEvent(event)
    await sleep(KEY_EVERY_MS)
  }
  const ahead = buying.filter((id) => sink.acceptedAt.has(address(id))).length
  const stillWaiting = reminders + ahead - sink.acceptedAt.size
  await waitUntil(() => buying.every((id) => sink.acceptedAt.has(address(id))), {
    what: 'every key to be taken',
    deadlineMs: PATIENCE_MS,
  })
  const waits = buying.map((id) => (sink.acceptedAt.get(address(id)) ?? Number.NaN) - (boughtAt.get(id) ?? 0))
  const { p50, p99, max } = summarize(waits)
  console.log(`reminders that still waited when the last key was asked for: ${stillWaiting}`)
  console.log(`a key waits: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, longest ${max.toFixed(0)} ms`)
  await waitUntil(() => sink.acceptedAt.size === reminders + KEYS, {
    what: 'every mail to be taken',
    deadlineMs: PATIENCE_MS,
  })
  const tookMs = Math.max(...sink.acceptedAt.values()) - began
  console.log(`${reminders} reminders and ${KEYS} keys in ${(tookMs / 1000).toFixed(1)} s`)
  console.log(`throughput: ${(((reminders + KEYS) * 1000) / tookMs).toFixed(0)} mails/s`)
  console.log(`meanwhile the machine was ${busyPercent(machine, readMachine()).toFixed(0)} % busy`)
} finally {
  notifier.kill('SIGTERM')
  await notifier.exited
  await world.close()
  await sink.stop()
}
