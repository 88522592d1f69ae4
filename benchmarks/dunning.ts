// npm run bench:dunning [-- --open 200000 --due 10000 --schedulers 1]: open cases in MongoDB, many due at one tick. Prints how late
// steps are taken and how many cases go through a second, and how long a payment takes that arrives behind the backlog.
import { parseArgs } from 'node:util'
import { startStack } from '@keyflow/devstack'
import { seedCases } from './dunning/seed-cases.ts'
import { startBackground } from './dunning/world.ts'
import { summarize } from './ingest/latencies.ts'
import { busyPercent, readMachine } from './latency/machine.ts'

const { values } = parseArgs({
  options: {
    open: { type: 'string', default: '200000' },
    due: { type: 'string', default: '10000' },
    schedulers: { type: 'string', default: '1' },
  },
})
const [open, due, schedulers] = [Number(values.open), Number(values.due), Number(values.schedulers)]
/** One in ten of what is due is a restriction: Stripe is asked first. */
const restrictions = Math.floor(due / 10)

const stack = await startStack({ log: (line) => console.log(line) })
const world = await startBackground(stack, schedulers)
try {
  const seeding = performance.now()
  const dueAt = Date.now() + 1000
  await seedCases(world.store, { open, due, restrictions, dueAt })
  console.log(
    `${open} open cases seeded in ${((performance.now() - seeding) / 1000).toFixed(1)} s; ${due} due at once, ${restrictions} of them restrictions`,
  )
  const before = readMachine()
  const started = performance.now()
  const startedAt = Date.now()
  const draining = world.drain()
  // Behind the whole backlog: a case that is due as well, and is paid now.
  const paid = await world.payAndWait(`sub_${due - 1}`, `cus_${due - 1}`)
  await draining
  const seconds = (performance.now() - started) / 1000
  const lateness = world.takenAt.map((at) => at - startedAt)
  const { p50, p99, max } = summarize(lateness)
  console.log(`\nsteps taken          ${lateness.length} (of ${due}, one was paid meanwhile)`)
  console.log(`cases per second     ${Math.round(lateness.length / seconds)}`)
  console.log(
    `lateness             p50 ${(p50 / 1000).toFixed(1)} s   p99 ${(p99 / 1000).toFixed(1)} s   max ${(max / 1000).toFixed(1)} s`,
  )
  console.log(
    `a recovery meanwhile ${paid.toFixed(0)} ms from the webhook in Kafka to the event that lifts all`,
  )
  console.log(`Stripe was asked     ${world.asked()} times`)
  console.log(`the machine was ${busyPercent(before, readMachine()).toFixed(0)} % busy`)
} finally {
  await world.stop()
  await stack.stop()
}
