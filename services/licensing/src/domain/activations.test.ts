import { describe, expect, it } from '@jest/globals'
import {
  type Activations,
  limitOf,
  mergeActivation,
  NO_ACTIVATIONS,
  place,
  standingOf,
} from './activations.ts'

const domain = (value: string) => ({ kind: 'domain', value }) as const
const machine = (value: string) => ({ kind: 'machine', value }) as const

const used = (...names: string[]): Activations =>
  names.reduce((activations, name) => {
    const placement = place(activations, domain(name), 100, 0)
    return placement.kind === 'new' ? mergeActivation(activations, placement.fact) : activations
  }, NO_ACTIVATIONS)

const without = (activations: Activations, value: string): Activations =>
  mergeActivation(activations, {
    kind: 'domain',
    value,
    active: false,
    at: 0,
    seq: activations.seq + 1,
  })

describe('the places of a license', () => {
  it('are as many as the limit', () => {
    expect(place(used('a.example', 'b.example'), domain('c.example'), 2, 0)).toEqual({
      kind: 'full',
      limit: 2,
      used: 2,
    })
    expect(place(used('a.example'), domain('c.example'), 2, 5)).toMatchObject({
      kind: 'new',
      fact: { seq: 2, at: 5, active: true },
    })
  })

  it('do not change when one is added again', () => {
    expect(place(used('a.example', 'b.example'), domain('b.example'), 2, 0)).toMatchObject({
      kind: 'stands',
      standing: { rank: 2 },
    })
  })

  it('count domains and machines apart', () => {
    expect(place(used('a.example'), machine('f1'), 1, 0)).toMatchObject({ kind: 'new' })
  })

  it('become free when one is given up, and who comes back ranks last', () => {
    const later = without(used('a.example', 'b.example'), 'a.example')
    const back = place(later, domain('a.example'), 2, 0)
    expect(back).toMatchObject({ kind: 'new', fact: { seq: 4 } })
    if (back.kind !== 'new') throw new Error('unreachable')
    const again = mergeActivation(later, back.fact)
    expect(standingOf(again, domain('a.example'))?.rank).toBe(2)
    expect(standingOf(again, domain('b.example'))?.rank).toBe(1)
  })

  it('keep their rank when the limit is lowered: only the overflow is over it (case 26)', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.example`)
    const seven = used(...names)
    const within = names.filter((name) => (standingOf(seven, domain(name))?.rank ?? 99) <= 3)
    expect(within).toEqual(['a.example', 'b.example', 'c.example'])
    expect(place(seven, domain('g.example'), 3, 0)).toEqual({ kind: 'full', limit: 3, used: 7 })
    expect(place(seven, domain('a.example'), 3, 0)).toMatchObject({ kind: 'stands' })
  })

  it('may be granted by wildcard; of several that cover a domain, the first one counts', () => {
    const granted = used('shop.example.com', '*.example.com')
    expect(standingOf(granted, domain('eu.example.com'))).toMatchObject({ rank: 2 })
    expect(standingOf(granted, domain('shop.example.com'))).toMatchObject({ rank: 1 })
    expect(standingOf(granted, domain('example.com'))).toBeNull()
    expect(place(granted, domain('eu.example.com'), 2, 0)).toMatchObject({ kind: 'stands' })
  })

  it('are not brought back by an old record, also when the place is long forgotten', () => {
    let activations = NO_ACTIVATIONS
    const facts = Array.from({ length: 300 }, (_, i) => ({
      on: { kind: 'machine', value: `m${i}`, active: true, at: 0, seq: 2 * i + 1 } as const,
      off: { kind: 'machine', value: `m${i}`, active: false, at: 0, seq: 2 * i + 2 } as const,
    }))
    for (const { on, off } of facts) activations = mergeActivation(mergeActivation(activations, on), off)
    expect(activations.gone.length).toBeLessThanOrEqual(200)
    for (const { on } of facts) expect(mergeActivation(activations, on)).toBe(activations)
  })
})

describe('the limit of places', () => {
  it('is what the tier grants, for each unit that was bought', () => {
    expect(limitOf({ terms: { maxDomains: 3 }, quantity: 1 }, 'domain')).toBe(3)
    expect(limitOf({ terms: { maxDomains: 3 }, quantity: 10 }, 'domain')).toBe(30)
    expect(limitOf({ terms: { maxDomains: 3 }, quantity: 0 }, 'machine')).toBe(3)
    expect(limitOf({ terms: { maxDomains: 3, maxMachines: 5 }, quantity: 1 }, 'machine')).toBe(5)
  })
})
