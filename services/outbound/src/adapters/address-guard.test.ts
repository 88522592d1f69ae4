import { describe, expect, it } from '@jest/globals'
import { createAddressGuard, parseNetwork } from './address-guard.ts'

const guard = createAddressGuard([])

describe('an address that strangers chose', () => {
  it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s may be called',
    (address) => {
      expect(guard.isAllowed(address)).toBe(true)
    },
  )

  it.each([
    ['this machine', ['127.0.0.1', '127.255.0.1', '0.0.0.0', '::1', '::', '::ffff:127.0.0.1', '::127.0.0.1']],
    ['private networks', ['10.0.0.1', '172.16.5.4', '192.168.1.1', '::ffff:10.0.0.1', 'fd12:3456::1']],
    ['the metadata of clouds', ['169.254.169.254', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254']],
    ['links and carriers', ['169.254.0.9', '100.64.0.1', 'fe80::1', 'fec0::1']],
    [
      'IPv4 hidden in IPv6',
      ['64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:a00:1::', '2001::1', '::ffff:0:a00:1'],
    ],
    ['what is no single host', ['224.0.0.1', '255.255.255.255', 'ff02::1', '192.0.2.1', '2001:db8::1']],
    ['what is no address', ['localhost', '', '10.0.0.1:80']],
  ])('of %s may not be called', (_what, addresses) => {
    expect(addresses.filter(guard.isAllowed)).toEqual([])
  })

  it('of a network that is allowed may be called, and no other of its kind', () => {
    const opened = createAddressGuard([parseNetwork('10.20.0.0/16'), parseNetwork('fd00:1::/32')])
    expect(['10.20.3.4', '::ffff:10.20.3.4', 'fd00:1::5'].every(opened.isAllowed)).toBe(true)
    expect(['10.21.0.1', 'fd00:2::5', '127.0.0.1'].some(opened.isAllowed)).toBe(false)
  })

  it('is refused when the URL itself says it, in whatever spelling', () => {
    for (const url of [
      'http://127.0.0.1/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://[::1]/',
      'http://[::ffff:7f00:1]/',
    ])
      expect(() => guard.assertHost(new URL(url).hostname)).toThrow('may not be called')
    expect(() => guard.assertHost('example.com')).not.toThrow()
  })
})

type Resolve = NonNullable<Parameters<typeof createAddressGuard>[1]>
const resolving = (...addresses: string[]): Resolve =>
  ((_name: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as Resolve

const lookup = (resolve: Resolve, all: boolean) =>
  new Promise((resolved, rejected) =>
    createAddressGuard([], resolve).lookup('name.test', { all }, (error, address) =>
      error === null ? resolved(address) : rejected(error),
    ),
  )

describe('a name', () => {
  it('leads only to those of its addresses that may be called', async () => {
    const mixed = resolving('10.0.0.1', '8.8.8.8', '::1')
    expect(await lookup(mixed, true)).toEqual([{ address: '8.8.8.8', family: 4 }])
    expect(await lookup(mixed, false)).toBe('8.8.8.8')
  })

  it('leads nowhere when all of its addresses are private', async () => {
    await expect(lookup(resolving('10.0.0.1', 'fd00::1'), true)).rejects.toThrow('may not be called')
  })
})

it('a network that is none is refused', () => {
  expect(() => parseNetwork('10.0.0.0')).toThrow('such as 10.0.0.0/8')
})
