import { describe, expect, it } from '@jest/globals'
import { routeOf } from './mail-route.ts'

describe('mail of test mode', () => {
  it('goes to the sink, whatever the address', () => {
    expect(routeOf(false, 'ada@example.com', [])).toBe('sink')
    expect(routeOf(false, 'ada@notexample.com', ['@example.com', 'bob@example.com'])).toBe('sink')
  })

  it('goes out to who is named, by address or by domain', () => {
    expect(routeOf(false, 'Ada@Example.com', ['ada@example.COM'])).toBe('live')
    expect(routeOf(false, 'bob@example.com', ['@example.com'])).toBe('live')
  })

  it('is told from live mail by its mode alone', () => {
    expect(routeOf(true, 'ada@example.com', [])).toBe('live')
  })
})
