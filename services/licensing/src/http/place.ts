import { normalizeDomain } from '@keyflow/contracts'
import { ProblemError } from '@keyflow/runtime'
import type { Place } from '../domain/activations.ts'
import { type License, statusAt } from '../domain/license.ts'
import { timeOf } from '../domain/own-time.ts'

/** What a request calls a place -> the place. Throws a problem when no host can be read out of the domain. */
export const placeFrom = (
  asked: { readonly domain?: string; readonly fingerprint?: string },
  options: { readonly wildcard?: boolean } = {},
): Place => {
  if (asked.domain !== undefined && asked.fingerprint !== undefined)
    throw misplaced('', 'give a domain or a fingerprint, not both')
  if (asked.fingerprint !== undefined) return { kind: 'machine', value: asked.fingerprint }
  if (asked.domain === undefined) throw misplaced('', 'give a domain or a fingerprint')
  const value = normalizeDomain(asked.domain, options)
  if (value === null) throw misplaced('/domain', 'must be a host name')
  return { kind: 'domain', value }
}

const misplaced = (pointer: string, detail: string): ProblemError =>
  new ProblemError('invalid-request', undefined, { errors: [{ in: 'body', pointer, detail }] })

/** A license that is over or on hold takes no new place. `at`: unix seconds. */
export const requireInUse = (license: License, at: number): void => {
  const status = statusAt(license, timeOf(license, at))
  if (status !== 'active' && status !== 'grace')
    throw new ProblemError('license-not-usable', `The license is ${status}.`, {
      license_status: status,
      reason: license.reason,
    })
}
