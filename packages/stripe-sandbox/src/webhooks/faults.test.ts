import { describe, expect, it } from '@jest/globals'
import { faultDice, noFaults } from './faults.ts'

const sequence = (seed: number): string => {
  const dice = faultDice({ ...noFaults, duplicate_rate: 0.3, drop_rate: 0.3, seed })
  return Array.from({ length: 50 }, () => `${Number(dice.drops())}${Number(dice.duplicates())}`).join(' ')
}

describe('faultDice', () => {
  it('repeats its decisions for the same seed and not for another', () => {
    expect(sequence(7)).toBe(sequence(7))
    expect(sequence(7)).not.toBe(sequence(8))
  })

  it('never strikes at rate 0 and always at rate 1', () => {
    const never = faultDice(noFaults)
    const always = faultDice({ ...noFaults, drop_rate: 1, duplicate_rate: 1 })
    for (let round = 0; round < 100; round += 1) {
      expect([never.drops(), never.duplicates()]).toEqual([false, false])
      expect([always.drops(), always.duplicates()]).toEqual([true, true])
    }
  })

  it('shuffles without losing or doubling anything', () => {
    const entries = Array.from({ length: 20 }, (_, index) => index)
    const shuffled = faultDice({ ...noFaults, seed: 3 }).shuffle(entries)
    expect(shuffled).not.toEqual(entries)
    expect([...shuffled].sort((a, b) => a - b)).toEqual(entries)
  })
})
