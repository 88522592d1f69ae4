import { StripeError } from '../http/stripe-error.ts'
import type { EventRecord } from '../objects/event.ts'
import { type Cause, openWorld, type Setting, type World } from './world.ts'

export interface UnitsParts extends Setting {
  /** Keeps the events and plans their deliveries, inside the same unit of work. */
  readonly record: (events: readonly EventRecord[]) => readonly EventRecord[]
  /** Called after the commit. */
  readonly announce: (events: readonly EventRecord[]) => void
}

/** `at` is the time of the test clock that the work happens on; absent for the wall's. */
export type RunUnit = <T>(cause: Cause, at: number | undefined, work: (world: World) => T) => T

/** Work is committed whole, with its events and the deliveries that they owe, or not at all. Errors go through. */
export const createUnits = (parts: UnitsParts): RunUnit => {
  const { store, record, announce } = parts
  return (cause, at, work) => {
    const world = openWorld(parts, cause, at)
    const finish = (): void => {
      const events = record(world.emitted())
      store.commit()
      announce(events)
    }
    try {
      const result = work(world)
      finish()
      return result
    } catch (error) {
      if (error instanceof StripeError && error.fields.keepsChanges === true) finish()
      else store.rollback()
      throw error
    }
  }
}
