import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { KeyflowError } from '@keyflow/runtime'
import ipaddr from 'ipaddr.js'

/** A host that is, or resolves to, an address that may not be called. */
export const BLOCKED = 'ADDRESS_BLOCKED'

/** All there is of the public IPv6 internet; outside of it lie embedded IPv4 addresses and things to come. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** Public by its number, and answered inside Azure by the machine's host. */
const AZURE_HOST = '168.63.129.16'

type Cidr = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

const isWithin = (address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Cidr): boolean =>
  address.kind() === network.kind() && address.match([network, bits] as never)

/** Throws for what is no network in CIDR form. */
export const parseNetwork = (text: string): Cidr => {
  if (!ipaddr.isValidCIDR(text)) throw new Error('must hold networks such as 10.0.0.0/8')
  return ipaddr.parseCIDR(text)
}

export interface AddressGuard {
  readonly isAllowed: (address: string) => boolean
  /** Throws a KeyflowError BLOCKED when the host of a URL is written as an address that may not be called. */
  readonly assertHost: (hostname: string) => void
  /** For sockets: resolves a name to those of its addresses that may be called, and to nothing else. */
  readonly lookup: LookupFunction
}

/**
 * Keeps calls out of private, local and metadata networks, in every spelling of an address (IPv4 inside IPv6 included),
 * unless a network is allowed. The socket connects to the very addresses that were checked: a name that answers
 * differently the second time gains nothing.
 */
export const createAddressGuard = (
  allowed: readonly Cidr[],
  resolve: typeof systemLookup = systemLookup,
): AddressGuard => {
  const isAllowed = (text: string): boolean => {
    if (!ipaddr.isValid(text)) return false
    const address = ipaddr.process(text)
    if (allowed.some((network) => isWithin(address, network))) return true
    if (address.range() !== 'unicast' || address.toString() === AZURE_HOST) return false
    return address.kind() === 'ipv4' || isWithin(address, PUBLIC_IPV6)
  }
  const blocked = (): KeyflowError =>
    new KeyflowError('invalid', BLOCKED, 'the address is in a network that may not be called')
  return {
    isAllowed,
    assertHost: (hostname) => {
      const host = hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && !isAllowed(host)) throw blocked()
    },
    lookup: (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, '', 0)
        const usable = addresses.filter(({ address }) => isAllowed(address))
        const [first] = usable
        if (first === undefined) return callback(blocked() as NodeJS.ErrnoException, '', 0)
        if (options.all === true) return callback(null, usable)
        return callback(null, first.address, first.family)
      })
    },
  }
}
