import { describe, expect, it } from '@jest/globals'
import { isSetupError } from '../setup-error.ts'
import { readArguments } from './arguments.ts'

describe('the arguments of npm start', () => {
  it('keep the data and buy a license unless told otherwise', () => {
    expect(readArguments([])).toEqual({ fresh: false, demo: true, help: false })
    expect(readArguments(['--fresh', '--no-demo'])).toEqual({ fresh: true, demo: false, help: false })
  })

  it('that are unknown are refused with the known ones', () => {
    let caught: unknown
    try {
      readArguments(['--frsh'])
    } catch (error) {
      caught = error
    }
    expect(isSetupError(caught)).toBe(true)
    expect(String(caught)).toContain("Unknown option '--frsh'")
    expect(String(caught)).toContain('--fresh     wipe the data')
  })
})
