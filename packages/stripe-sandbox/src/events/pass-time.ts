import { nextDue } from '../billing/due.ts'
import { StripeError } from '../http/stripe-error.ts'
import type { TestClockRecord } from '../objects/test-clock.ts'
import type { Store } from '../store/store.ts'
import type { RunUnit } from './unit-of-work.ts'
import type { Cause } from './world.ts'

/** Time itself asks for nothing: its events name no request. */
const BY_ITSELF: Cause = { request: null, idempotency_key: null }

export interface PassTime {
  /** Plays everything that is due until the clock's target, each at its own time, and says that it is ready. */
  readonly run: (clock: string) => void
  /** Goes on with the clocks that were advancing when the sandbox last stopped. */
  readonly resume: () => void
}

/** Lets time pass on test clocks. Every step is a unit of work, so a stop in between loses none and repeats none. */
export const createPassTime = (store: Store, unit: RunUnit): PassTime => {
  const arrive = (clock: TestClockRecord, target: number): void =>
    unit(BY_ITSELF, target, (world) => {
      const ready = world.put<TestClockRecord>({
        ...clock,
        frozen_time: target,
        status: 'ready',
        target: null,
      })
      world.emit('test_helpers.test_clock.ready', ready)
    })
  const fail = (clock: TestClockRecord): void =>
    unit(BY_ITSELF, clock.frozen_time, (world) => {
      const failed = world.put<TestClockRecord>({ ...clock, status: 'internal_failure', target: null })
      world.emit('test_helpers.test_clock.internal_failure', failed)
    })
  /** False when there is nothing left to do before the target. */
  const step = (clock: TestClockRecord, target: number): boolean => {
    const due = unit(BY_ITSELF, clock.frozen_time, (world) => nextDue(world, clock.id, target))
    if (due === null) return false
    const at = Math.max(due.at, clock.frozen_time)
    unit(BY_ITSELF, at, (world) => {
      due.run(world)
      world.put<TestClockRecord>({ ...clock, frozen_time: at })
    })
    return true
  }
  const run = (id: string): void => {
    for (;;) {
      const clock = store.get('test_helpers.test_clock', id)
      if (clock === undefined || clock.target === null) return
      try {
        if (!step(clock, clock.target)) arrive(clock, clock.target)
      } catch (error) {
        if (!(error instanceof StripeError)) throw error
        fail(clock)
      }
    }
  }
  return {
    run,
    resume: () => {
      for (const { id, target } of store.all('test_helpers.test_clock')) if (target !== null) run(id)
    },
  }
}
