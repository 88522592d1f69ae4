import { describe, expect, it } from '@jest/globals'
import type { MailEventType } from '@keyflow/contracts'
import fc from 'fast-check'
import { createInterleavedDunning, type InterleavedDunning } from '../../test/interleaved-dunning.ts'
import { DAY } from '../../test/memory-dunning.ts'
import { failed, paid } from '../../test/samples.ts'
import { SEVERITY } from './case-file.ts'

const T0 = Date.UTC(2026, 2, 26, 9, 30)
const HOUR = 3_600_000

interface Model {
  /** Invoices that were paid, whether anybody has heard of it or not. */
  readonly paid: Set<string>
}

class Act implements fc.AsyncCommand<Model, InterleavedDunning> {
  readonly name: string
  readonly act: (model: Model, world: InterleavedDunning) => void
  constructor(name: string, act: Act['act']) {
    this.name = name
    this.act = act
  }
  check = (): boolean => true
  run = async (model: Model, world: InterleavedDunning): Promise<void> => {
    this.act(model, world)
    alwaysHolds(world)
  }
  toString = (): string => this.name
}

const sub = fc.constantFrom('sub_1', 'sub_1', 'sub_2')
const inv = fc.constantFrom('in_1', 'in_2')
const idOf = (invoice: string, subscription: string): string => `${invoice}_${subscription}`

const failure = fc
  .tuple(sub, inv)
  .map(
    ([s, i]) =>
      new Act(`fails(${s}, ${i})`, (_, world) =>
        world.bill(idOf(i, s), s, (seen) => failed({ id: idOf(i, s), subscription: s }, seen)),
      ),
  )
const payment = fc.tuple(sub, inv).map(
  ([s, i]) =>
    new Act(`paid(${s}, ${i})`, (model, world) => {
      model.paid.add(idOf(i, s))
      world.paidAtStripe.add(idOf(i, s))
      world.bill(idOf(i, s), s, (seen) => paid({ id: idOf(i, s), subscription: s }, seen))
    }),
)
const tick = fc
  .constantFrom('a', 'b')
  .map((owner) => new Act(`tick(${owner})`, (_, world) => world.tick(owner)))
const crash = fc.constant(new Act('lease runs out', (_, world) => world.loseLease()))
const time = fc
  .constantFrom(HOUR, DAY, 3 * DAY, 4 * DAY, 7 * DAY)
  .map((by) => new Act(`${by / HOUR} h pass`, (_, world) => world.advance(by)))

const commands = fc.commands([failure, payment, tick, tick, tick, crash, time, time], {
  maxCommands: 40,
  size: 'max',
})
const fates = fc.array(
  fc.constantFrom<MailEventType>(
    'mail.accepted',
    'mail.accepted',
    'mail.accepted',
    'mail.failed',
    'mail.bounced',
  ),
  { minLength: 1, maxLength: 5 },
)

/** What must be true of everything that was committed so far, whoever is in the middle of what. */
const alwaysHolds = ({ cases, said }: InterleavedDunning): void => {
  const last = new Map<string, number>()
  const level = new Map<string, number>()
  const isOpen = new Map<string, boolean>()
  for (const one of said) {
    const { id } = one.record.facts
    // One fence after the other: nothing was said twice, nothing was lost.
    expect(one.record.seq).toBe((last.get(id) ?? 0) + 1)
    last.set(id, one.record.seq)
    if (one.kind === 'notice') {
      // Once a case is closed, nothing is written but that all is well.
      if (one.notice.template !== 'payment_recovered') expect(isOpen.get(id)).toBe(true)
      continue
    }
    isOpen.set(id, one.announcement.says.isOpen)
    const severity = SEVERITY[one.announcement.says.level ?? 'none']
    // Nobody is restricted further without Stripe having just been asked.
    if (severity > (level.get(id) ?? 0)) expect(one.asked.has(id)).toBe(true)
    level.set(id, severity)
  }
  for (const [id, { record }] of cases) {
    expect(record.seq).toBe(last.get(id) ?? 0)
    expect(record.announced?.level ?? 'none').toBe(record.state?.level ?? 'none')
  }
}

const finallyHolds = ({ cases, licensing }: InterleavedDunning, { paid: settled }: Model): void => {
  for (const [id, { record }] of cases) {
    // Whatever order licensing heard it in, and however often, it restricts what the case says.
    expect(licensing.get(id)?.level ?? 'none').toBe(record.state?.level ?? 'none')
    const owed = record.facts.debts.filter(
      ({ invoice, failedAt }) => failedAt !== null && !settled.has(invoice),
    )
    if (owed.length > 0) continue
    expect(record.state?.level ?? 'none').toBe('none')
    expect(record.state?.status ?? 'recovered').toBe('recovered')
  }
}

describe('consumers, timers, licensing and the relay, in any interleaving', () => {
  it('take no step twice, restrict nobody who was just asked about and has paid, and leave licensing with what holds', async () => {
    let losses = 0
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), commands, fates, async (scheduler, script, heard) => {
        let mails = 0
        const next = () => heard[mails++ % heard.length] ?? 'mail.accepted'
        const real = createInterleavedDunning(scheduler, T0, next)
        const model: Model = { paid: new Set() }
        await fc.scheduledModelRun(scheduler, () => ({ model, real }), script)
        await real.rest()
        alwaysHolds(real)
        finallyHolds(real, model)
        losses += real.losses.leases + real.losses.versions
      }),
      { numRuns: 150 },
    )
    // They did get in each other's way.
    expect(losses).toBeGreaterThan(0)
  })

  it('lift what was imposed while the payment was on its way, by the time all have spoken', async () => {
    let restricted = 0
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = createInterleavedDunning(scheduler, T0, () => 'mail.accepted')
        world.bill('in_1', 'sub_1', (seen) => failed({ id: 'in_1', subscription: 'sub_1' }, seen))
        await world.rest()
        for (const days of [0, 3, 4]) {
          world.advance(days * DAY)
          if (days < 4) {
            world.tick('a')
            await world.rest()
          }
        }
        // Two timers, the payment, and its webhook, all at the moment of the downgrade.
        world.tick('a')
        world.tick('b')
        const pays = scheduler.schedule(Promise.resolve(), 'pays').then(() => {
          world.paidAtStripe.add('in_1')
          world.bill('in_1', 'sub_1', (seen) => paid({ id: 'in_1', subscription: 'sub_1' }, seen))
        })
        world.loseLease()
        await world.rest()
        await pays
        await world.rest()
        alwaysHolds(world)
        finallyHolds(world, { paid: new Set(['in_1']) })
        if (world.said.some((one) => one.kind === 'change' && one.announcement.says.level === 'downgraded'))
          restricted += 1
      }),
      { numRuns: 200 },
    )
    // The race was lost now and then: there was something to lift.
    expect(restricted).toBeGreaterThan(0)
    expect(restricted).toBeLessThan(200)
  })
})
