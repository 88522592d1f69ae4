import type { TestClockState } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { asInstant } from './json.ts'
import { identify, isMalformed, type Malformed, malformed } from './malformed.ts'
import { type FactReader, factAbout } from './sighting.ts'

const STATUSES: ReadonlySet<unknown> = new Set<TestClockState['status']>([
  'ready',
  'advancing',
  'internal_failure',
])

const testClockState = (object: Json): TestClockState | Malformed => {
  const id = identify(object, 'test_helpers.test_clock')
  if (typeof id !== 'string') return id
  const frozenTime = asInstant(object.frozen_time)
  if (frozenTime === null) return malformed('test_helpers.test_clock: frozen_time is no instant')
  const status = STATUSES.has(object.status) ? (object.status as TestClockState['status']) : 'unknown'
  return { id, frozenTime, status }
}

/** Clocks exist in test mode alone: one that claims to be live says nothing, so that nobody's real time can be moved. */
export const readTestClock: FactReader = (sighting) => {
  if (sighting.observed.scope.livemode) return []
  const fact = factAbout('test_clock', testClockState, sighting)
  return isMalformed(fact) ? fact : [fact]
}

/** A deleted clock stands still at its last time. */
export const readDeletedTestClock: FactReader = (sighting) => {
  const facts = readTestClock(sighting)
  if (isMalformed(facts)) return facts
  return facts.map((fact) =>
    fact.kind === 'test_clock' ? { ...fact, state: { ...fact.state, status: 'deleted' as const } } : fact,
  )
}
