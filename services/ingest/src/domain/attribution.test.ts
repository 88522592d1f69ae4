import { describe, expect, it } from '@jest/globals'
import { createAttribution } from './attribution.ts'

const attribute = createAttribution(['3.18.12.63'])

describe('where a request comes from', () => {
  it.each([
    ['3.18.12.63', 'stripe'],
    ['::ffff:3.18.12.63', 'stripe'],
    ['3.18.12.64', 'stranger'],
    ['2001:db8::1', 'stranger'],
    ['172.32.0.1', 'stranger'],
    ['172.20.0.1', 'unknown'],
    ['10.1.2.3', 'unknown'],
    ['127.0.0.1', 'unknown'],
    ['100.64.0.9', 'unknown'],
    ['fd00::1', 'unknown'],
    ['::1', 'unknown'],
  ])('%s is %s', (address, origin) => {
    expect(attribute(address)).toBe(origin)
  })
})
