import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

/** A service's wiring lies directly in its `src`: there the clock is handed in, and nowhere else is it read. */
const READERS = globSync('{services,packages}/*/src/*/**/*.ts').filter(
  (file) =>
    !file.endsWith('.test.ts') && !/^packages\/(runtime|devstack|stripe-sandbox|client|cli)\//.test(file),
)

describe('time', () => {
  it('is an argument: no service reads the clock outside its wiring', () => {
    expect(READERS.length).toBeGreaterThan(100)
    const found = READERS.filter((file) => /Date\.now\(|new Date\(\)/.test(readFileSync(file, 'utf8')))
    expect(found).toEqual([])
  })
})
