import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Observation, Register } from './register.ts'
import { current, mergeRegisters } from './register.ts'

interface State {
  readonly status: string
  readonly rev: number
}

const lifecycle = (s: State): number => (s.status === 'canceled' ? 1 : 0)

const observation: fc.Arbitrary<Observation<State>> = fc
  .record({
    at: fc.integer({ min: 0, max: 3 }),
    rank: fc.integer({ min: 0, max: 2 }),
    eventId: fc.integer({ min: 0, max: 30 }),
    status: fc.constantFrom('active', 'canceled'),
  })
  // One event id is one observation: derive the rest from it, as Stripe does.
  .map(({ at, rank, eventId, status }) => {
    const rev = (at * 7 + rank * 3 + eventId) % 5
    return { at, rank, eventId: `evt_${at}${rank}${eventId}${status}`, state: { status, rev } }
  })

const fold = (all: readonly Observation<State>[]): Register<State> | undefined =>
  all.reduce<Register<State> | undefined>((r, o) => mergeRegisters(r, { newest: [o] }, lifecycle), undefined)

describe('register', () => {
  it('ends in the same register for every order and any duplicates', () => {
    fc.assert(
      fc.property(
        fc.array(observation, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (all, noise) => {
          const shuffled = [...all, ...all.slice(0, 3)]
            .map((o) => ({ o, k: noise.next().value as number }))
            .sort((a, b) => a.k - b.k)
            .map(({ o }) => o)
          expect(fold(shuffled)).toEqual(fold(all))
        },
      ),
    )
  })

  it('is associative: joining halves equals folding one by one', () => {
    fc.assert(
      fc.property(fc.array(observation, { minLength: 2, maxLength: 8 }), fc.nat(), (all, cut) => {
        const at = 1 + (cut % (all.length - 1))
        const right = fold(all.slice(at)) as Register<State>
        expect(mergeRegisters(fold(all.slice(0, at)), right, lifecycle)).toEqual(fold(all))
      }),
    )
  })

  it('never lets a terminal state be overtaken by a later clock', () => {
    const canceled = { at: 5, rank: 0, eventId: 'evt_a', state: { status: 'canceled', rev: 1 } }
    const active = { at: 9, rank: 0, eventId: 'evt_b', state: { status: 'active', rev: 2 } }
    expect(current(fold([canceled, active]) as Register<State>).state.status).toBe('canceled')
  })

  it('orders two updates of one second by what each says was before', () => {
    const base = { at: 5, rank: 1 }
    const a = {
      ...base,
      eventId: 'evt_z',
      state: { status: 'active', rev: 1 },
      before: { status: 'active', rev: 0 },
    }
    const b = {
      ...base,
      eventId: 'evt_a',
      state: { status: 'active', rev: 2 },
      before: { status: 'active', rev: 1 },
    }
    const answer = current({ newest: [b, a] })
    expect(answer).toMatchObject({ eventId: 'evt_a', decidedBy: 'chain' })
  })

  it('says that a circle within one second is ambiguous', () => {
    const base = { at: 5, rank: 1 }
    const on = {
      ...base,
      eventId: 'evt_a',
      state: { status: 'on', rev: 0 },
      before: { status: 'off', rev: 0 },
    }
    const off = {
      ...base,
      eventId: 'evt_b',
      state: { status: 'off', rev: 0 },
      before: { status: 'on', rev: 0 },
    }
    expect(current({ newest: [on, off] }).decidedBy).toBe('ambiguous')
  })
})
