import { describe, expect, it } from '@jest/globals'
import { coversDomain, normalizeDomain } from './normalize-domain.ts'

describe('the name under which a domain is stored and compared', () => {
  it.each([
    ['Shop.Example.COM', 'shop.example.com'],
    ['shop.example.com.', 'shop.example.com'],
    ['https://shop.example.com:8443/cart?id=1#top', 'shop.example.com'],
    ['shop.example.com:80', 'shop.example.com'],
    ['  shop.example.com  ', 'shop.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['localhost:3000', 'localhost'],
    ['my_app.internal', 'my_app.internal'],
    ['192.168.0.1:8080', '192.168.0.1'],
    ['[2001:DB8::1]:443', '[2001:db8::1]'],
    ['ａｂｃ.example', 'abc.example'],
  ])('of %s is %s', (typed, name) => {
    expect(normalizeDomain(typed)).toBe(name)
    expect(normalizeDomain(name)).toBe(name)
  })

  it.each([
    '',
    '   ',
    'a b.example',
    'exa\tmple.com',
    'shop..example.com',
    'shop.example.com..',
    '-shop.example.com',
    'shop.example.com:port',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
    '*.example.com',
    'shop.*.com',
    '{"$ne":null}',
    'https://',
  ])('of %p does not exist', (typed) => {
    expect(normalizeDomain(typed)).toBeNull()
  })

  it('may be a wildcard where a seller grants one, above two labels or more', () => {
    expect(normalizeDomain('*.Bücher.Example.', { wildcard: true })).toBe('*.xn--bcher-kva.example')
    expect(normalizeDomain('*.com', { wildcard: true })).toBeNull()
    expect(normalizeDomain('*.*.example.com', { wildcard: true })).toBeNull()
    expect(normalizeDomain('*.10.0.0.1', { wildcard: true })).toBeNull()
  })
})

describe('a grant', () => {
  it('covers itself and nothing else', () => {
    expect(coversDomain('example.com', 'example.com')).toBe(true)
    expect(coversDomain('example.com', 'shop.example.com')).toBe(false)
    expect(coversDomain('example.com', 'badexample.com')).toBe(false)
  })

  it('with a wildcard covers every name below its base, and not the base', () => {
    expect(coversDomain('*.example.com', 'shop.example.com')).toBe(true)
    expect(coversDomain('*.example.com', 'eu.shop.example.com')).toBe(true)
    expect(coversDomain('*.example.com', 'example.com')).toBe(false)
    expect(coversDomain('*.example.com', 'badexample.com')).toBe(false)
  })
})
