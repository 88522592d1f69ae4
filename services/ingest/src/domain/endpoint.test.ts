import { describe, expect, it } from '@jest/globals'
import { accepts, type Mode } from './endpoint.ts'

describe('an endpoint', () => {
  it.each<[Mode, boolean, boolean]>([
    ['any', true, true],
    ['any', false, true],
    ['live', true, true],
    ['live', false, false],
    ['test', true, false],
    ['test', false, true],
  ])('of mode %s: an event with livemode %s is taken: %s', (mode, livemode, taken) => {
    expect(accepts({ mode, account: 'any' }, { account: 'platform', livemode })).toBe(taken)
  })

  it.each([
    ['any', 'platform', true],
    ['any', 'acct_1', true],
    ['platform', 'platform', true],
    ['platform', 'acct_1', false],
    ['connect', 'acct_1', true],
    ['connect', 'platform', false],
    ['acct_1', 'acct_1', true],
    ['acct_1', 'acct_2', false],
    ['acct_1', 'platform', false],
  ])('for account %s: an event of %s is taken: %s', (account, owner, taken) => {
    expect(accepts({ mode: 'any', account }, { account: owner, livemode: true })).toBe(taken)
  })
})
